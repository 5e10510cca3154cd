"""Django's Arabic formats know how to write a date, and none with a time: that came out as in English."""

DATETIME_FORMAT = "j F Y، g:i A"
