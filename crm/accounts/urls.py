from django.urls import URLPattern, URLResolver, path

from crm.accounts.models import Region, Unit
from crm.accounts.views import company, first_run, places, profile, rights, users

app_name = "accounts"


def tree_urls(model: type[Unit] | type[Region], folder: str) -> list[URLPattern]:
    name, of = model._meta.model_name, {"model": model}
    return [
        path(f"settings/{folder}/", places.node_list, of, name=f"{name}_list"),
        path(f"settings/{folder}/new/", places.node_create, of, name=f"{name}_create"),
        path(f"settings/{folder}/<int:pk>/", places.node_update, of, name=f"{name}_update"),
        path(f"settings/{folder}/<int:pk>/delete/", places.node_delete, of, name=f"{name}_delete"),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("welcome/", first_run.welcome, name="welcome"),
    path("language/", profile.set_language, name="set_language"),
    path("logo/", profile.logo, name="logo"),
    path("profile/", profile.profile, name="profile"),
    path("invitations/<str:token>/", users.invitation_accept, name="invitation_accept"),
    path("settings/", company.company_settings, name="company_settings"),
    path("settings/rates/", company.exchange_rates, name="exchange_rates"),
    path("settings/rates/<int:pk>/delete/", company.exchange_rate_delete, name="exchange_rate_delete"),
    path("settings/users/", users.user_list, name="user_list"),
    path("settings/users/<int:pk>/", users.user_update, name="user_update"),
    path("settings/users/<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("settings/users/<int:pk>/reactivate/", users.user_reactivate, name="user_reactivate"),
    path("settings/invitations/new/", users.invitation_create, name="invitation_create"),
    path("settings/invitations/<int:pk>/resend/", users.invitation_resend, name="invitation_resend"),
    path("settings/invitations/<int:pk>/withdraw/", users.invitation_withdraw, name="invitation_withdraw"),
    *tree_urls(Unit, "departments"),
    *tree_urls(Region, "regions"),
    path("settings/roles/", rights.role_list, name="role_list"),
    path("settings/roles/new/", rights.role_create, name="role_create"),
    path("settings/roles/<int:pk>/", rights.role_update, name="role_update"),
    path("settings/roles/<int:pk>/rights/", rights.role_rights, name="role_rights"),
    path("settings/roles/<int:pk>/delete/", rights.role_delete, name="role_delete"),
    path("settings/log/", company.access_log, name="access_log"),
]
