from django.utils.html import format_html, format_html_join

from ui import speakable
from ui.drawings.letters import TEXT, TITLE
from ui.drawings.palettes import PALETTES
from ui.drawings.sheets import Bar, Line, Sheet

# The reader's own, as on the pages.
FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
FAMILY_OF_TITLES = "ui-serif, 'Iowan Old Style', Charter, 'Noto Serif', Georgia, serif"
RADIUS = 16


def svg(sheet: Sheet, scheme: str) -> bytes:
    """A picture without script, style or link: mail programs and feeds take it. Its text can be read aloud."""
    palette = PALETTES[scheme]
    head = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="title words" xml:lang="{}"><title id="title">{}</title><desc id="words">{}</desc>\n'
        '<rect width="{w}" height="{h}" fill="{}"/>\n',
        sheet.language,
        speakable.clean(sheet.title),
        speakable.clean("\n".join(sheet.said)),
        palette.paper,
        w=sheet.width,
        h=sheet.height,
    )
    bars = "".join(_bar(bar, sheet, number, scheme) for number, bar in enumerate(sheet.bars))
    lines = "".join(_line(line, sheet, palette.quiet if line.quiet else palette.ink) for line in sheet.lines)
    return f"{head}{bars}{lines}</svg>\n".encode()


def _bar(bar: Bar, sheet: Sheet, number: int, scheme: str) -> str:
    palette, x = PALETTES[scheme], sheet.width - bar.x - bar.width if sheet.mirrored else bar.x
    box = format_html('x="{}" y="{}" width="{}" height="{}" rx="{}"', x, bar.y, bar.width, bar.height, RADIUS)
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
            palette.lead if bar.leads else palette.bar,
            n=number,
            box=box,
        )
    return filled + format_html('<rect {} fill="none" stroke="{}" stroke-width="2"/>\n', box, palette.line)


def _line(line: Line, sheet: Sheet, ink: str) -> str:
    said: dict[str, str | int] = {
        "x": sheet.width - line.x if sheet.mirrored else line.x,
        "y": line.y,
        "font-family": FAMILY_OF_TITLES if line.face == TITLE else FAMILY,
        "font-size": line.size,
        "fill": ink,
    }
    if line.face != TEXT:
        said["font-weight"] = 600
    if line.ends:
        said["text-anchor"] = "end"
    if sheet.mirrored:
        said["direction"] = "rtl"
    marks = format_html_join(" ", '{}="{}"', said.items())
    return format_html("<text {}>{}</text>\n", marks, speakable.clean(line.text))
