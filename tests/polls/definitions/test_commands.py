"""The commands that write polls to a file and read them from one."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from polls.models import Choice, Poll
from tests.builders import a_poll, choices_of

pytestmark = pytest.mark.usefixtures("house")


def test_commands_write_and_read_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    olive = User.objects.create_user("olive")
    poll, _other = a_poll(title="Lunch", slug="lunch"), a_poll()
    Choice.objects.filter(pk=choices_of(poll)[0].pk).update(picture="choices/a.webp", picture_alt="soup")
    call_command("export_polls", "lunch")
    out, err = capsys.readouterr()
    assert err == "Not in the file: 1 picture of choices.\n"
    file = tmp_path / "polls.json"
    file.write_text("\ufeff" + out.replace('"lunch"', '"supper"'))

    call_command("load_polls", str(file), organiser="olive")
    assert capsys.readouterr().out == "Drafted 1 poll.\n"
    assert Poll.objects.get(slug="supper").organiser == olive
    with pytest.raises(CommandError, match=r"Nothing is loaded.\npolls\[0\].slug: Another poll has this address"):
        call_command("load_polls", str(file), publish=True)
    with pytest.raises(CommandError, match="no user 'otto'"):
        call_command("load_polls", str(file), organiser="otto")
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_polls", str(tmp_path / "none.json"))
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="no text in UTF-8"):
        call_command("load_polls", str(file))
    with pytest.raises(CommandError, match="no poll 'nothing'"):
        call_command("export_polls", "nothing", stdout=StringIO())


@pytest.mark.parametrize("file", ["/dev/zero", "/dev/full"])
def test_a_command_reads_no_more_of_a_file_than_a_file_can_have(file: str) -> None:
    with pytest.raises(CommandError, match=f"{file} is too large: 8,000,000 bytes at most are read."):
        call_command("load_polls", file)
