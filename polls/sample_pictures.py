"""Small posters for the sample polls, drawn here: no file of anybody else's is needed."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (480, 360)


def drawn(name: str) -> BytesIO:
    """A picture as PNG."""
    ground, figures = _POSTERS[name]
    picture = Image.new("RGB", SIZE, ground)
    pen = ImageDraw.Draw(picture)
    for shape, box, colour in figures:
        getattr(pen, shape)(box, fill=colour)
    file = BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    return file


_POSTERS = {
    "sun": (
        "#f7e3b5",
        (
            ("ellipse", (140, 60, 340, 260), "#e4572e"),
            ("rectangle", (0, 230, 480, 360), "#2e5266"),
            ("rectangle", (150, 250, 330, 262), "#e4572e"),
            ("rectangle", (180, 285, 300, 297), "#e4572e"),
        ),
    ),
    "lanterns": (
        "#1b1f3b",
        (
            ("rectangle", (0, 58, 480, 62), "#8d99ae"),
            ("ellipse", (50, 62, 150, 182), "#f4a259"),
            ("ellipse", (190, 62, 290, 212), "#f4e285"),
            ("ellipse", (330, 62, 430, 172), "#bc4b51"),
        ),
    ),
    "birds": (
        "#cfe8ef",
        (
            ("polygon", ((60, 120), (140, 80), (150, 140)), "#33658a"),
            ("polygon", ((200, 200), (290, 150), (300, 220)), "#33658a"),
            ("polygon", ((320, 110), (400, 70), (410, 130)), "#f26419"),
            ("rectangle", (0, 320, 480, 360), "#86bbd8"),
        ),
    ),
    "squares": (
        "#f4f1de",
        (
            ("rectangle", (40, 40, 200, 200), "#81b29a"),
            ("rectangle", (160, 120, 320, 280), "#e07a5f"),
            ("rectangle", (280, 180, 440, 320), "#3d405b"),
        ),
    ),
}
