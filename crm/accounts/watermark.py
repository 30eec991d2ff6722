"""Who looks at it, when, and a text of the company: on every page, print and file while an administrator has it on.

It hides nothing and catches no click. Data stay data: a sheet carries it in its background, header and properties, a
CSV file in its name, and in a last line only where the company wants that.
"""

import datetime
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from crm.accounts.models import Company, User

LINE_HEIGHT = 150  # of the pattern on a page, in pixels
ANGLE = -24
LARGEST_HEADER = 200  # characters; a sheet refuses headers above 255 with their codes


@dataclass(frozen=True)
class Watermark:
    """text: name, sign-in name, time in the reader's zone, text of the company."""

    text: str
    username: str
    moment: datetime.datetime
    in_csv: bool = False

    @property
    def tile_width(self) -> int:
        """Room for the text in the pattern of a page: Chinese characters are wide."""
        return 60 + sum(15 if letter > "\u2e80" else 8 for letter in self.text)

    @property
    def tile_height(self) -> int:
        return LINE_HEIGHT

    @property
    def in_name(self) -> str:
        """For names of files: who and when."""
        who = re.sub(r"[^A-Za-z0-9]+", "-", self.username).strip("-")
        return f"-{who}-{self.moment:%Y%m%d-%H%M}" if who else f"-{self.moment:%Y%m%d-%H%M}"

    @property
    def in_header(self) -> str:
        """For the header of a sheet, where an ampersand begins a code."""
        return self.text[:LARGEST_HEADER].replace("&", "&&")

    def picture(self) -> io.BytesIO | None:
        """For the background of a sheet; None where the sign-in name needs letters that no font here has."""
        from PIL import Image, ImageDraw, ImageFont

        text = f"{self.username}  {self.moment:%Y-%m-%d %H:%M}"
        if not text.isascii():
            return None
        font = ImageFont.load_default(16)
        width = int(font.getlength(text)) + 20
        line = Image.new("RGBA", (width, 30), (255, 255, 255, 0))
        ImageDraw.Draw(line).text((10, 4), text, font=font, fill=(205, 209, 217, 255))
        turned = line.rotate(-ANGLE, expand=True)
        tile = Image.new("RGB", (turned.width + 60, turned.height + 40), (255, 255, 255))
        tile.paste(turned, (30, 20), turned)
        file = io.BytesIO()
        tile.save(file, "PNG")
        file.seek(0)
        return file


def of(company: "Company | None", user: "User | Any") -> Watermark | None:
    """What to show to this reader; None while it is off, and before somebody has signed in."""
    if company is None or not company.watermark or user is None or not user.is_authenticated:
        return None
    moment = timezone.localtime()
    name = user.get_full_name()
    who = f"{name} ({user.username})" if name else user.username
    parts = [who, f"{moment:%Y-%m-%d %H:%M}", company.watermark_text]
    return Watermark(" · ".join(each for each in parts if each), user.username, moment, company.watermark_in_csv)


def of_user(user: "User | None") -> Watermark | None:
    """The same for whoever makes a file."""
    from crm.accounts.models import Company

    return of(Company.objects.current(), user)
