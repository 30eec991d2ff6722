from django.urls import URLPattern, URLResolver

from crm.records.board import board_urls
from crm.records.views import record_urls
from interactions.aftersales.kinds import AFTER_SALES
from interactions.aftersales.views import urlpatterns as after_sales_pages
from interactions.cases.boards import COMPLAINT_BOARD, ENQUIRY_BOARD
from interactions.cases.desk_settings import urlpatterns as desk_settings
from interactions.cases.kinds import COMPLAINT, ENQUIRY
from interactions.cases.views import urlpatterns as case_pages
from interactions.catalogue.kinds import CATEGORY, PRODUCT
from interactions.contacts.kinds import CONTACT
from interactions.contacts.plan import urlpatterns as contact_plan
from interactions.contacts.talk import urlpatterns as talk
from interactions.contacts.talk_settings import urlpatterns as talk_settings
from interactions.contacts.views import urlpatterns as contacts
from interactions.deals.boards import DEAL_BOARD
from interactions.deals.kinds import DEAL
from interactions.deals.settings import urlpatterns as deal_settings
from interactions.deals.views import urlpatterns as deal_pages
from interactions.knowledge.pages import urlpatterns as knowledge
from interactions.needs.kinds import NEED, REQUEST
from interactions.needs.views import urlpatterns as needs
from interactions.orders import kinds as orders
from interactions.orders.views import urlpatterns as order_pages
from interactions.pricing.kinds import PRICE_RULE
from interactions.targets.kinds import TARGET
from interactions.trades.pages import urlpatterns as trades
from interactions.work.kinds import TASK
from interactions.work.views import urlpatterns as task_pages

app_name = "interactions"
urlpatterns: list[URLPattern | URLResolver] = [
    *order_pages,
    *after_sales_pages,
    *task_pages,
    *contacts,
    *knowledge,
    *needs,
    *contact_plan,
    *talk,
    *talk_settings,
    *case_pages,
    *desk_settings,
    *deal_pages,
    *deal_settings,
    *trades,
    *board_urls(COMPLAINT_BOARD),
    *board_urls(ENQUIRY_BOARD),
    *board_urls(DEAL_BOARD),
    *(
        page
        for kind in (
            orders.ORDER,
            AFTER_SALES,
            DEAL,
            CONTACT,
            NEED,
            REQUEST,
            COMPLAINT,
            ENQUIRY,
            TASK,
            TARGET,
            PRODUCT,
            CATEGORY,
            PRICE_RULE,
            orders.STOCK_MOVEMENT,
        )
        for page in record_urls(kind)
    ),
]
