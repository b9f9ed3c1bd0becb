"""Apps by Microsoft's models: what names one, and new ones as an administrator would fill them in."""

from __future__ import annotations

from typing import Any

from msgraph_beta.generated.models.ios_vpp_app import IosVppApp
from msgraph_beta.generated.models.iosi_pad_o_s_web_clip import IosiPadOSWebClip
from msgraph_beta.generated.models.mac_o_s_web_clip import MacOSWebClip
from msgraph_beta.generated.models.mac_os_vpp_app import MacOsVppApp
from msgraph_beta.generated.models.office_product_id import OfficeProductId
from msgraph_beta.generated.models.office_suite_app import OfficeSuiteApp
from msgraph_beta.generated.models.office_update_channel import OfficeUpdateChannel
from msgraph_beta.generated.models.run_as_account_type import RunAsAccountType
from msgraph_beta.generated.models.win_get_app import WinGetApp
from msgraph_beta.generated.models.win_get_app_install_experience import WinGetAppInstallExperience
from msgraph_beta.generated.models.windows_web_app import WindowsWebApp


def key_of(app: Any) -> str:
    """`<type>:<identifier>`, as plans name an app; its id where it is of a type that plans don't name."""
    sort = str(app.odata_type).removeprefix("#microsoft.graph.")
    match app:
        case IosVppApp() | MacOsVppApp():
            return f"{sort}:{app.bundle_id}"
        case WinGetApp():
            return f"{sort}:{app.package_identifier}"
        case OfficeSuiteApp():
            return f"{sort}:{'+'.join(product.value for product in app.product_ids or ())}"
        case WindowsWebApp() | IosiPadOSWebClip() | MacOSWebClip():
            return f"{sort}:{app.app_url}"
    return f"{sort}:{app.id}"


def app_of(part: str, name: str) -> Any:
    """A new app. Raises LookupError for a type that can't be made (volume apps come from Apple)."""
    sort, _, identifier = part.partition(":")
    app = _new(sort, identifier)
    app.display_name = name
    # What the portal insists on besides; a plan says nothing of them.
    app.description, app.publisher = name, "-"
    return app


def _new(sort: str, identifier: str) -> Any:
    if sort == "winGetApp":
        system = WinGetAppInstallExperience(run_as_account=RunAsAccountType.System)
        return WinGetApp(package_identifier=identifier, install_experience=system)
    if sort == "officeSuiteApp":
        app = OfficeSuiteApp(
            product_ids=[OfficeProductId(product) for product in identifier.split("+")],
            update_channel=OfficeUpdateChannel.Current,
            use_shared_computer_activation=True,
            auto_accept_eula=True,
        )
        # A flags enum is one string on the wire; the model would write a list.
        app.additional_data = {"officePlatformArchitecture": "x64"}
        return app
    if sort == "iosiPadOSWebClip":
        return IosiPadOSWebClip(app_url=identifier, use_managed_browser=False)
    if sort == "macOSWebClip":
        return MacOSWebClip(app_url=identifier, full_screen_enabled=False)
    if sort == "windowsWebApp":
        return WindowsWebApp(app_url=identifier)
    raise LookupError(sort)
