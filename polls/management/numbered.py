def numbered(number: int, one: str, many: str = "") -> str:
    """`1 poll`, `2 polls`; `many` where an s is not enough. For commands, which speak English alone."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
