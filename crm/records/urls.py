from django.urls import URLPattern, URLResolver, path

from crm.records import pages, panels, revealing
from crm.records.attachments import pages as attachments
from crm.records.bulkedit import handing_over
from crm.records.bulkedit import pages as bulk
from crm.records.custom import pages as custom
from crm.records.importing import views as imports
from crm.records.notices.views import urlpatterns as notices
from crm.records.webhooks import pages as webhooks

app_name = "records"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", pages.search_page, name="search"),
    *notices,
    path("reveal/<slug:key>/<int:pk>/<slug:name>/", revealing.reveal, name="reveal"),
    path("panels/<slug:key>/<int:pk>/<slug:name>/", panels.panel_page, name="panel"),
    path("lookup/<slug:key>/", pages.lookup, name="lookup"),
    path("profile/api-keys/", pages.token_list, name="token_list"),
    path("profile/api-keys/<int:pk>/delete/", pages.token_delete, name="token_delete"),
    path("attachments/<slug:key>/<int:pk>/", attachments.attachment_list, name="attachment_list"),
    path("attachments/<int:pk>/", attachments.attachment_download, name="attachment_download"),
    path("attachments/<int:pk>/delete/", attachments.attachment_delete, name="attachment_delete"),
    path("settings/webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("settings/webhooks/new/", webhooks.webhook_create, name="webhook_create"),
    path("settings/webhooks/<int:pk>/", webhooks.webhook_update, name="webhook_update"),
    path("settings/webhooks/<int:pk>/test/", webhooks.webhook_test, name="webhook_test"),
    path("settings/webhooks/<int:pk>/secret/", webhooks.webhook_renew, name="webhook_renew"),
    path("settings/webhooks/<int:pk>/delete/", webhooks.webhook_delete, name="webhook_delete"),
    path("settings/fields/", custom.field_list, name="field_list"),
    path("settings/fields/new/", custom.field_create, name="field_create"),
    path("settings/fields/<int:pk>/", custom.field_update, name="field_update"),
    path("settings/fields/<int:pk>/retire/", custom.field_retire, name="field_retire"),
    path("settings/fields/<int:pk>/restore/", custom.field_restore, name="field_restore"),
    path("users/<int:pk>/hand-over/", handing_over.hand_over, name="hand_over"),
    path("bulk-changes/<int:pk>/", bulk.bulk_detail, name="bulk_detail"),
    path("bulk-changes/<int:pk>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("bulk-changes/<int:pk>/cancel/", bulk.bulk_cancel, name="bulk_cancel"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/go-on/", imports.import_go_on, name="import_go_on"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/delete/", imports.import_delete, name="import_delete"),
    path("imports/<int:pk>/file/", imports.import_file, name="import_file"),
    path("imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("imports/mappings/<int:pk>/delete/", imports.mapping_delete, name="mapping_delete"),
]
