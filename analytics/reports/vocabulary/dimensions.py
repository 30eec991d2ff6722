"""By what figures may be split and filtered, and what the codes of analysis are called."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import Dimension, Type, choices, codes, vocabulary, weekdays

RFM_SEGMENTS = codes(
    ("champions", _("Champions")),
    ("loyal", _("Loyal customers")),
    ("potential_loyalist", _("Potential loyalists")),
    ("new_customers", _("New customers")),
    ("promising", _("Promising")),
    ("need_attention", _("Need attention")),
    ("about_to_sleep", _("About to sleep")),
    ("cannot_lose", _("Cannot lose")),
    ("at_risk", _("At risk")),
    ("hibernating", _("Hibernating")),
    ("lost", _("Lost")),
)
VALUE_TIERS = codes(("high", _("High")), ("mid", _("Middle")), ("low", _("Low")), ("none", _("None")))
VALUE_CLASSES = codes(("top", _("Top")), ("middle", _("Middle")), ("base", _("Base")))
LIFECYCLE_STAGES = codes(
    ("acquisition", _("Acquisition")),
    ("maintenance", _("Maintenance")),
    ("development", _("Development")),
    ("churn_warning", _("Churn warning")),
    ("lost", _("Lost")),
)
CHURN_RISKS = codes(
    ("low", _("low")),
    ("medium", _("medium")),
    ("high", _("high")),
    ("lost", _("lost")),
    ("unknown", _("cannot be told")),
)
LOYALTY_BANDS = codes(
    ("very_loyal", _("Very loyal")),
    ("loyal", _("Loyal")),
    ("wavering", _("Wavering")),
    ("at_risk", _("At risk")),
)

AGE_GROUPS = codes(
    ("under_18", _("under 18")),
    ("18_24", "18–24"),
    ("25_34", "25–34"),
    ("35_44", "35–44"),
    ("45_54", "45–54"),
    ("55_64", "55–64"),
    ("65_and_over", _("65 and over")),
)
# The facts know the year of birth, so this is the age that is reached in the year of the report.
AGE_GROUP = (
    "CASE WHEN :as_of_year - {column} < 18 THEN 'under_18' WHEN :as_of_year - {column} < 25 THEN '18_24'"
    " WHEN :as_of_year - {column} < 35 THEN '25_34' WHEN :as_of_year - {column} < 45 THEN '35_44'"
    " WHEN :as_of_year - {column} < 55 THEN '45_54' WHEN :as_of_year - {column} < 65 THEN '55_64'"
    " WHEN {column} IS NOT NULL THEN '65_and_over' END"
)

NO_FEES = (("order_lines", "f.is_product"),)

vocabulary.add(
    Dimension("day", _("Day"), "occurred_on", type=Type.DATE, order="code"),
    Dimension("week", _("Week"), "week", order="code"),
    Dimension("month", _("Month"), "month", order="code"),
    Dimension("quarter", _("Quarter"), "quarter", order="code"),
    Dimension("year", _("Year"), "year", order="code"),
    Dimension("weekday", _("Weekday"), "weekday", type=Type.NUMBER, labels=weekdays),
    Dimension(
        "region",
        _("Region"),
        "region_id",
        on_customer="region_id",
        names="regions",
        is_tree=True,
        lack=_("region"),
        needs="region",
    ),
    Dimension("country", _("Country"), "country", on_customer="country", lack=_("country"), needs="country"),
    Dimension(
        "category",
        _("Product type"),
        "category_id",
        names="categories",
        is_tree=True,
        restrict=NO_FEES,
        lack=_("product type"),
    ),
    Dimension("product", _("Product"), "product_id", names="products", restrict=NO_FEES, lack=_("product")),
    Dimension(
        "novelty",
        _("New product"),
        "novelty",
        labels=codes(("new", _("New: up to 180 days after the launch")), ("established", _("Established"))),
        restrict=NO_FEES,
    ),
    Dimension(
        "channel",
        _("Channel"),
        "channel_id",
        on_customer="channel_id",
        names="channels",
        lack=_("channel"),
        needs="channel",
    ),
    Dimension("staff", _("Staff"), "staff_id", on_customer="owner_id", names="staff", lack=_("staff"), needs="owner"),
    Dimension(
        "unit",
        _("Department"),
        "unit_id",
        on_customer="unit_id",
        names="units",
        is_tree=True,
        lack=_("department"),
        needs="unit",
    ),
    Dimension("receiving_unit", _("Receiving department"), "receiving_unit_id", names="units", is_tree=True),
    Dimension(
        "industry",
        _("Industry"),
        on_customer="industry_id",
        names="industries",
        lack=_("industry"),
        needs="industry",
    ),
    Dimension(
        "age_group",
        _("Age group"),
        on_customer="birth_year",
        made_of=AGE_GROUP,
        labels=AGE_GROUPS,
        lack=_("age"),
        needs="birth_date",
    ),
    Dimension(
        "sex",
        _("Sex"),
        on_customer="sex",
        labels=choices("customers.models.Customer.Sex"),
        lack=_("sex"),
        needs="sex",
    ),
    Dimension(
        "income_band",
        _("Income"),
        on_customer="income_band",
        labels=choices("customers.models.Customer.IncomeBand"),
        lack=_("income"),
        needs="income_band",
    ),
    Dimension("customer", _("Customer"), "customer_id", names="customers", output="customer_number"),
    Dimension(
        "customer_type", _("Customer type"), on_customer="type", labels=choices("customers.models.Customer.Type")
    ),
    Dimension(
        "relation_class",
        _("Relationship class"),
        on_customer="relation_class",
        labels=choices("customers.models.Customer.RelationClass"),
    ),
    Dimension("order_type", _("Type of order"), "type", labels=choices("interactions.models.Order.Type")),
    Dimension("carrier", _("Carrier"), "carrier"),
    Dimension(
        "after_sales_type", _("Type of after-sales"), "type", labels=choices("interactions.models.AfterSales.Type")
    ),
    Dimension("opinion_type", _("Opinion type"), "opinion_type_id", names="opinion_types"),
    Dimension("failure_cause", _("Cause of failure"), "failure_cause_id", names="failure_causes"),
    Dimension("severity", _("Severity"), "severity", labels=choices("interactions.models.Complaint.Severity")),
    Dimension("status", _("Status"), "status", labels=choices("interactions.models.Complaint.Status")),
    Dimension("outcome", _("Outcome"), "outcome", labels=choices("interactions.models.Complaint.Outcome")),
    Dimension("topic", _("Topic"), "topic", labels=choices("interactions.models.Enquiry.Topic")),
    Dimension("direction", _("Direction"), "direction", labels=choices("interactions.models.Interaction.Direction")),
    Dimension("concern", _("Concern"), "concern", labels=choices("interactions.models.Interaction.Concern")),
    Dimension("segment", _("RFM segment"), on_figures="rfm_segment", labels=RFM_SEGMENTS),
    Dimension("r_score", _("Recency score"), on_figures="r_score", type=Type.NUMBER, order="code"),
    Dimension("f_score", _("Frequency score"), on_figures="f_score", type=Type.NUMBER, order="code"),
    Dimension("m_score", _("Monetary score"), on_figures="m_score", type=Type.NUMBER, order="code"),
    Dimension("abc_class", _("ABC class"), on_figures="abc_class", labels=codes(("A", "A"), ("B", "B"), ("C", "C"))),
    Dimension("value_tier", _("Value tier"), on_figures="value_tier", labels=VALUE_TIERS),
    Dimension("value_class", _("Value class"), on_figures="value_class", labels=VALUE_CLASSES),
    Dimension("lifecycle_stage", _("Lifecycle stage"), on_figures="lifecycle_stage", labels=LIFECYCLE_STAGES),
    Dimension("churn_risk", _("Churn risk"), on_figures="churn_risk", labels=CHURN_RISKS),
    Dimension(
        "loyalty_band",
        _("Loyalty band"),
        on_figures="loyalty_band",
        labels=LOYALTY_BANDS,
        null_label=_("too little data"),
    ),
)
