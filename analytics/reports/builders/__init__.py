"""How the rows of a report are made. A closed set: reports declare one of these, with measures of the vocabulary.

    CrossTable        measures split by dimensions, totals of the whole set counted anew
    CustomerClasses   the same over customers and their figures, every class shown; split by customer it lists them
    Concentration     customers by falling amount and what they bring together
    Cohorts           who came back, period by period
    PeriodRetention   of who bought in a period, who bought in the next one
    Rules, Sequences  what is bought together, and what after what
    FieldQuality      fields of customer files: filled, wrong, shared, fresh, and what suffers from it
    Accounts          the ledger of customers: what they bring, what they cost, what is left
    RetentionCurve    the share still there period by period, with its projection
    Survival          the Kaplan-Meier curve of customers, groups compared
    WarnedCustomers   open churn warnings with owner and due day
    FittedModels      parameters of the models that forecasts are made with

Every builder answers twice from the same conditions: `table` gives the figures, `records` the records behind one.
"""

from analytics.reports.builders.accounts import Accounts
from analytics.reports.builders.base import Builder, Cell, Context, Records
from analytics.reports.builders.cohorts import Cohorts
from analytics.reports.builders.concentration import Concentration
from analytics.reports.builders.cross_table import CrossTable
from analytics.reports.builders.customer_classes import CustomerClasses, Detail, WarnedCustomers
from analytics.reports.builders.field_quality import FieldQuality
from analytics.reports.builders.fitted_models import FittedModels
from analytics.reports.builders.returning import PeriodRetention
from analytics.reports.builders.rules import Rules, Sequences
from analytics.reports.builders.staying import RetentionCurve, Survival

__all__ = [
    "Accounts",
    "Builder",
    "Cell",
    "Cohorts",
    "Concentration",
    "Context",
    "CrossTable",
    "CustomerClasses",
    "Detail",
    "PeriodRetention",
    "FittedModels",
    "FieldQuality",
    "Records",
    "Rules",
    "Sequences",
    "RetentionCurve",
    "Survival",
    "WarnedCustomers",
]
