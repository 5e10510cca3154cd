from django.utils.html import format_html, format_html_join

from ui import speakable
from ui.drawings import letters
from ui.drawings.letters import PLAIN_TITLE, TEXT, TITLE
from ui.drawings.sheets import Bar, Line, Sheet


def svg(sheet: Sheet) -> bytes:
    """A picture without script, style or link: mail programs and feeds take it. Its text can be read aloud."""
    style = sheet.style
    head = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="title words" xml:lang="{}"><title id="title">{}</title><desc id="words">{}</desc>\n'
        '<rect width="{w}" height="{h}" fill="{}"/>\n',
        sheet.language,
        speakable.clean(sheet.title),
        speakable.clean("\n".join(sheet.said)),
        style.paper,
        w=sheet.width,
        h=sheet.height,
    )
    bars = "".join(_bar(bar, sheet, number) for number, bar in enumerate(sheet.bars))
    lines = "".join(_line(line, sheet) for line in sheet.lines)
    return f"{head}{bars}{lines}</svg>\n".encode()


def _bar(bar: Bar, sheet: Sheet, number: int) -> str:
    style, x = sheet.style, sheet.width - bar.x - bar.width if sheet.mirrored else bar.x
    box = format_html('x="{}" y="{}" width="{}" height="{}" rx="{}"', x, bar.y, bar.width, bar.height, style.radius)
    filled = ""
    if bar.percent:
        long = bar.width * bar.percent / 100
        filled = format_html(
            '<clipPath id="row{n}"><rect {box}/></clipPath>'
            '<rect clip-path="url(#row{n})" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
            f"{x + bar.width - long if sheet.mirrored else x:g}",
            bar.y,
            f"{long:g}",
            bar.height,
            style.lead if bar.leads else style.bar,
            n=number,
            box=box,
        )
    return filled + format_html('<rect {} fill="none" stroke="{}" stroke-width="2"/>\n', box, style.line)


def _line(line: Line, sheet: Sheet) -> str:
    style = sheet.style
    said: dict[str, str | int] = {
        "x": sheet.width - line.x if sheet.mirrored else line.x,
        "y": line.y,
        "font-family": style.title_family if line.face in {TITLE, PLAIN_TITLE} else style.family,
        "font-size": line.size,
        "fill": style.quiet if line.quiet else style.ink,
    }
    if line.face != TEXT:
        said["font-weight"] = 600
    if line.ends:
        said["text-anchor"] = "end"
    if sheet.mirrored:
        said["direction"] = "rtl"
    if letters.direction_of(line.text) == ("ltr" if sheet.mirrored else "rtl"):
        # Read the way in which it begins, where its neighbours stand.
        said["unicode-bidi"] = "plaintext"
    marks = format_html_join(" ", '{}="{}"', said.items())
    return format_html("<text {}>{}</text>\n", marks, speakable.clean(line.text))
