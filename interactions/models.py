"""The models of all rooms, gathered: one Django app, one migration history."""

from interactions.aftersales.models import AfterSales
from interactions.cases.desk_models import (
    CaseEscalation,
    CaseMessage,
    CasePresence,
    InboundMail,
    OpenHours,
    SavedReply,
    ServiceTarget,
    SpecialDay,
)
from interactions.cases.models import Complaint, Enquiry, FailureCause, OpinionType
from interactions.catalogue.models import Category, Product
from interactions.contacts.models import ContactPlan, Interaction
from interactions.contacts.talk_models import Objection, ObjectionAnswer, Observation, TalkGuide
from interactions.deals.models import (
    Deal,
    DealLine,
    DealMilestone,
    DealPhase,
    DealSource,
    DealStage,
    LostReason,
)
from interactions.knowledge.models import LevelPair, TradingRating
from interactions.needs.models import CustomerNeed, NeedType, SpecialRequest
from interactions.orders.models import Order, OrderLine
from interactions.orders.stock_models import StockMovement
from interactions.pricing.models import PriceRule
from interactions.targets.models import SalesTarget
from interactions.trades.models import TradeItem
from interactions.work.models import CalendarKey, Task

__all__ = [
    "AfterSales",
    "CalendarKey",
    "CaseEscalation",
    "CaseMessage",
    "CasePresence",
    "Category",
    "Complaint",
    "Deal",
    "DealLine",
    "DealMilestone",
    "DealPhase",
    "DealSource",
    "DealStage",
    "Enquiry",
    "FailureCause",
    "InboundMail",
    "Interaction",
    "LevelPair",
    "LostReason",
    "NeedType",
    "ContactPlan",
    "CustomerNeed",
    "Objection",
    "ObjectionAnswer",
    "Observation",
    "OpenHours",
    "OpinionType",
    "Order",
    "OrderLine",
    "PriceRule",
    "Product",
    "SalesTarget",
    "SavedReply",
    "ServiceTarget",
    "SpecialDay",
    "SpecialRequest",
    "StockMovement",
    "TalkGuide",
    "Task",
    "TradeItem",
    "TradingRating",
]
