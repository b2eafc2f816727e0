# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints, the project and paging."""

from __future__ import annotations

import threading
import time
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _answers, _client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import Policy
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from cloud import CONNECTION, URL, Cloud
from wishes import done

KEYS = {"access_key": "GATEHOUSEDEMOKEY0001", "secret_key": "gatehouse-demo-secret-0000000000000001"}


def client(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str] | None = None) -> _client.Client:
    return _client.client_for({**KEYS, **options}, environment or {}, Memory())


@pytest.mark.parametrize(
    ("options", "environment", "service", "url"),
    [
        ({"region": "cn-north-4"}, {}, "waf", "https://waf.cn-north-4.myhuaweicloud.com"),
        ({}, {"HW_REGION_NAME": "ap-southeast-3"}, "apig", "https://apig.ap-southeast-3.myhuaweicloud.com"),
        ({"region": "cn-north-4"}, {"HW_REGION_NAME": "ap-southeast-3"}, "iam", "https://iam.cn-north-4.myhuaweicloud.com"),
        ({"region": ""}, {"HW_REGION_NAME": "ap-southeast-3"}, "waf", "https://waf.ap-southeast-3.myhuaweicloud.com"),
        ({"region": "eu-west-101", "cloud": "myhuaweicloud.eu"}, {}, "waf", "https://waf.eu-west-101.myhuaweicloud.eu"),
        ({"region": "eu-west-101"}, {"HW_CLOUD": "myhuaweicloud.eu"}, "waf", "https://waf.eu-west-101.myhuaweicloud.eu"),
        ({"region": "eu-west-101"}, {}, "apig", "https://apig.eu-west-101.myhuaweicloud.eu"),
        ({"region": "eu-west-101"}, {}, "waf", "https://waf.eu-west-101.myhuaweicloud.com"),
        ({"region": "cn-north-9"}, {}, "waf", "https://waf.cn-north-9.myhuaweicloud.cn"),
        ({"region": "af-north-1"}, {}, "iam", "https://iam.myhuaweicloud.com"),
        ({"region": "new-region-1"}, {}, "workspace", "https://workspace.new-region-1.myhuaweicloud.com"),
        ({"endpoints": {"waf": "https://waf.example.com/"}}, {"HW_ENDPOINT_WAF": "https://other"}, "waf", "https://waf.example.com"),
        ({"endpoints": {"waf": ""}}, {"HW_ENDPOINT_WAF": "https://other", "HW_ENDPOINT": "https://all"}, "waf", "https://other"),
        ({"endpoints": {"waf": "https://waf.example.com"}}, {"HW_ENDPOINT": "https://all"}, "apig", "https://all"),
    ],
)
def test_where_a_service_is_reached(options: t.Any, environment: t.Any, service: str, url: str) -> None:
    assert client(options, environment).endpoint(service) == url


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"endpoints": {"dns": "https://dns"}}, "endpoints: there is no service dns"),
        ({"timeout": 0}, "timeout: 0 is not"),
        ({"timeout": 10**12}, "timeout: 1000000000000 is not"),
        ({"ca_path": "/nonexistent/ca.pem"}, "ca_path: there is no file or folder /nonexistent/ca.pem"),
        ({"max_retries": -1}, "max_retries: -1 is below 0"),
        ({"max_retries": 1001}, "max_retries: it is above 1000"),
        ({"max_retries": 10**100}, "max_retries: it is above 1000"),
    ],
)
def test_a_connection_that_cannot_be_is_refused(options: t.Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        client(options)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "waf.example.com",
        "ftp://waf.example.com",
        "https://",
        "https://user:word@waf.example.com",
        "https://waf.example.com/?a=b",
        "http://[::1",
        "http://waf.example.com/\ud800",
        "http://w\u00e4f",
        "http://waf..example.com",
        "http://-waf.example.com",
        "http://" + "a" * 64,
        "http://" + "a." * 130,
        "http://.",
        "http://[fe80::g]",
    ],
)
def test_an_endpoint_that_is_no_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(InputError) as caught:
        client({"endpoints": {"waf": url}}).endpoint("waf")
    assert "endpoints: what it says of waf is not a URL" in str(caught.value)
    assert "word" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://localhost:1", "https://waf_1.test.", "http://[::1]:8642", "http://192.0.2.1", "https://WAF.example.com/v1"])
def test_an_endpoint_may_be_any_host(url: str) -> None:
    assert client({"endpoints": {"waf": url}}).endpoint("waf") == url


@pytest.mark.parametrize(
    "options", [{"region": "cn-north-4."}, {"region": "cn north"}, {"region": "a" * 64}, {"region": "a", "cloud": "https://myhuaweicloud.com"}]
)
def test_a_region_or_cloud_that_makes_no_host_name_is_refused(options: t.Any) -> None:
    with pytest.raises(InputError, match="is not the name of a host: check region"):
        client(options).endpoint("waf")


def test_without_a_region_the_error_says_how_to_set_one() -> None:
    with pytest.raises(InputError, match="set region"):
        client({}).endpoint("waf")
    with pytest.raises(InputError, match="set project_id"):
        assert client({"endpoints": dict.fromkeys(_client.SERVICES, URL)}).project_id == ""


@given(st.integers(0, 37), st.integers(1, 9), st.booleans())
def test_every_page_is_collected(count: int, size: int, tells_total: bool) -> None:
    items = [{"id": number} for number in range(count)]

    def fetch(number: int, before: int) -> dict[str, t.Any]:
        assert before == (number - 1) * size
        body: dict[str, t.Any] = {"items": items[before : before + size]}
        return {**body, "total": count} if tells_total else body

    assert _answers.pages(fetch, "items", size) == items


def test_a_list_that_tells_too_great_a_total_ends_with_a_page_that_holds_nothing_new() -> None:
    assert _answers.pages(lambda number, before: {"items": [{"id": 1}] if number == 1 else [], "total": 5}, "items", 1) == [{"id": 1}]
    assert _answers.pages(lambda number, before: {"items": [{"id": 1}], "total": 5}, "items", 1) == [{"id": 1}]


def test_an_item_that_shifts_to_the_next_page_is_one_item() -> None:
    held = {1: [{"id": 1}, {"id": 2}], 2: [{"id": 2}, {"id": 3}], 3: [{"id": 4}]}
    assert _answers.pages(lambda number, before: {"items": held[number]}, "items", 2) == [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]


@given(st.integers(0, 60), st.integers(1, 9), st.integers(-12, 12), st.integers(0, 6), st.integers(1, 4))
def test_pages_side_by_side_are_those_one_by_one(count: int, size: int, wrong: int, shifted: int, at_once: int) -> None:
    """Whatever total the service tells, also where items shift to the next page while they are read."""
    items = [{"id": number} for number in range(1, count + 1)]
    total = max(0, count + wrong)

    def fetch(number: int, before: int) -> dict[str, t.Any]:
        # What has come before the first items since the first page was read.
        begin = max(0, before - shifted if number > 1 else 0)
        return {"items": items[begin : begin + size], "total": total}

    asked: list[int] = []

    def spread(job: t.Callable[[int], t.Any], numbers: t.Iterable[int]) -> list[t.Any]:
        asked.extend(numbers)
        return Crew(at_once).map(job, asked)

    one_by_one = _answers.pages(fetch, "items", size)
    side_by_side = _answers.pages(fetch, "items", size, spread=spread)
    assert side_by_side[: len(one_by_one)] == one_by_one
    # What was read is told, also where a page in between held nothing new.
    assert all(item in side_by_side for number in asked for item in fetch(number, (number - 1) * size)["items"])
    assert len(side_by_side) == len({one["id"] for one in side_by_side})
    # No page is asked for that the total does not tell of.
    assert asked == (list(range(2, -(-total // size) + 1)) if total > size <= count else [])
    if shifted < size:
        assert side_by_side == one_by_one


def test_a_list_is_read_page_by_page_where_its_first_page_does_not_tell_how_many_there_are() -> None:
    def never(job: t.Any, numbers: t.Any) -> t.Any:
        raise AssertionError

    items = [{"id": number} for number in range(7)]
    assert _answers.pages(lambda number, before: {"items": items[before : before + 3]}, "items", 3, spread=never) == items
    assert _answers.pages(lambda number, before: {"items": items[before : before + 3], "total": "many"}, "items", 3, spread=never) == items
    # A service that gives smaller pages than were asked for: what comes next begins elsewhere.
    assert _answers.pages(lambda number, before: {"items": items[before : before + 2], "total": 7}, "items", 3, spread=never) == items


def test_a_total_that_is_beyond_reason_does_not_ask_for_all_its_pages() -> None:
    asked: list[int] = []

    def fetch(number: int, before: int) -> dict[str, t.Any]:
        asked.append(number)
        return {"items": [{"id": 1}] if number == 1 else [], "total": 10**12}

    assert _answers.pages(fetch, "items", 1, spread=Crew(4).map) == [{"id": 1}]
    assert sorted(asked) == list(range(1, 201))


def test_what_is_asked_once_is_asked_once_by_jobs_side_by_side() -> None:
    one = client({"max_concurrency": 8, "project_id": "a"})
    asked: list[str] = []
    begun = threading.Barrier(8, timeout=30)

    def read() -> str:
        asked.append("read")
        time.sleep(0.01)
        return "answer"

    def job(number: int) -> tuple[str, int]:
        begun.wait()
        return one.once("what", read), one.once(f"other {number % 2}", lambda: number % 2)

    assert one.crew.map(job, range(8)) == [("answer", number % 2) for number in range(8)]
    assert asked == ["read"]


def test_what_failed_is_asked_again_and_what_is_read_once_may_be_spread() -> None:
    one = client({"max_concurrency": 4, "project_id": "a"})
    answers: list[t.Any] = [InputError("not now"), None]

    def read() -> t.Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(InputError):
        one.once("what", read)
    # Nothing is an answer as well.
    assert [one.once("what", read), one.once("what", read)] == [None, None]

    def spread() -> list[int]:
        return one.crew.map(lambda number: one.once("inner", lambda: number) and number, [1])

    assert one.once("outer", spread) == [1]


@pytest.mark.parametrize("total", ["many", "2.0", None, -1, "²"])
def test_a_total_that_is_no_number_is_not_known(total: t.Any) -> None:
    assert _answers.counted({"total": total}) is None
    assert _answers.pages(lambda number, before: {"items": [{"id": 1}, None, "odd"], "total": total}, "items", 9) == [{"id": 1}]


class Reads:
    """Answers one after another; the last one stays."""

    def __init__(self, *answers: t.Any) -> None:
        self.answers = list(answers)

    def __call__(self) -> t.Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


GONE = ApiError(404, "WAF.00022001", "gone")


@pytest.mark.parametrize(
    ("reads", "result", "waits"),
    [
        (Reads(True), True, []),
        (Reads(False, GONE, True), True, [0.5, 1.0]),
        (Reads(False), False, list(_client.LAG)),
    ],
)
def test_a_read_after_a_write_waits_until_the_write_has_arrived(reads: Reads, result: bool, waits: list[float]) -> None:
    slept: list[float] = []
    one = _client.Client({**KEYS, "region": "cn-north-4"}, {}, Memory(), Policy(sleep=slept.append))
    assert one.read_after_write(reads) is result
    assert slept == waits


def test_a_read_after_a_write_that_is_refused_is_reported() -> None:
    slept: list[float] = []
    one = _client.Client({**KEYS, "region": "cn-north-4"}, {}, Memory(), Policy(sleep=slept.append))
    for refusal, waits in ((ApiError(403, "APIGW.0802", "denied"), 0), (GONE, len(_client.LAG))):
        with pytest.raises(ApiError):
            one.read_after_write(Reads(refusal))
        assert len(slept) == waits


@pytest.mark.parametrize(
    ("each", "seconds", "deadline", "reads"),
    [(0, 10, 600, 6), (0, 0, 600, 1), (0, 3, 600, 4), (3, 10, 600, 3), (3, 10, 7, 2), (0, 180, 5, 4)],
)
def test_what_takes_its_time_is_read_until_the_time_or_the_task_is_over(each: float, seconds: float, deadline: float, reads: int) -> None:
    """Reads that take time themselves are part of it."""
    clock = [0.0]
    read = []

    def wait(pause: float) -> None:
        clock[0] += pause

    def late() -> int:
        read.append(clock[0])
        wait(each)
        return len(read)

    one = _client.Client({**KEYS, "region": "cn-north-4"}, {}, Memory(), Policy(sleep=wait, clock=lambda: clock[0], deadline=deadline))
    assert one.wait_until("it", late, lambda count: False, seconds) == len(read) == reads
    assert one.wait_until("it", late, bool, seconds) == reads + 1


@pytest.mark.parametrize(("value", "encoded"), [("a/b", "a%2Fb"), ("...", "..."), ("ä ?#", "%C3%A4%20%3F%23"), ("a-b_c.d~e", "a-b_c.d~e")])
def test_an_id_is_one_segment_whatever_is_in_it(value: str, encoded: str) -> None:
    assert _answers.segment(value) == encoded


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_what_would_lead_to_another_path_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="is neither a name nor an id"):
        _answers.segment(value)


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "ä b", "a?b"])
def test_what_cannot_be_an_id_is_not_asked_for_as_one(value: str) -> None:
    cloud = Cloud()
    assert f"There is no WAF policy {value!r}" in cloud.run("waf_geoip_rule_info", {"policy": value})["msg"]
    assert f"There is no domain {value!r}" in cloud.run("waf_access_progress", {"domain": value, "dns_switched": "completed"})["msg"]
    assert cloud.run("apig_acl", {"gateway": "storefront-gateway", "id": value or ".", "state": "absent"})["changed"] is False
    assert {entry["operation"] for entry in cloud.journal()} == {"ListPolicy", "ListCompositeHosts", "ListInstancesV2", "ListAclStrategiesV2"}


def test_the_one_of_a_name_is_neither_none_nor_two() -> None:
    assert _answers.the_one("policy", "a", [{"id": 1}], "Look.") == {"id": 1}
    with pytest.raises(GatehouseError, match="There is no policy 'a'. Look."):
        _answers.the_one("policy", "a", [], "Look.", others=lambda: ["b"])
    with pytest.raises(GatehouseError, match="The policy 'a' was not found, and a moment later it was listed"):
        _answers.the_one("policy", "a", [], "Look.", others=lambda: ["b", "a"])
    with pytest.raises(GatehouseError, match="with the ids 1, 2"):
        _answers.the_one("policy", "a", [{"id": 2}, {"id": 1}], "Look.")
    with pytest.raises(GatehouseError, match="The service tells no id of the policy 'a'"):
        _answers.the_one("policy", "a", [{"name": "a"}], "Look.")


def test_a_missing_project_is_looked_up_by_region() -> None:
    cloud = Cloud()
    result = cloud.run("waf_geoip_rule_info", {"policy": "storefront", "project_id": None})
    assert result["geoip_rules"] == []
    paths = [entry["path"] for entry in cloud.journal()]
    assert paths[0] == "/v3/projects"
    assert all(CONNECTION["project_id"] in path for path in paths[1:])


def test_a_region_without_project_is_named() -> None:
    cloud = Cloud()
    result = cloud.run("waf_geoip_rule_info", {"policy": "storefront", "project_id": None, "region": "eu-west-0"})
    assert result["failed"] is True
    assert "look up the project 'eu-west-0'" in result["msg"]
    assert "These credentials have none of that name. Check region and project_name" in result["msg"]


def test_a_session_is_kept_for_one_setting_and_not_over_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    memory = Memory(clock=lambda: now[0])
    first = memory.session(True)
    now[0] += 10
    assert memory.session(True) is first
    assert memory.session(False) is not first
    assert memory.session(True, "/etc/ca.pem") is not first
    now[0] += 10
    assert memory.session(True) is first, "what is used is not idle"
    now[0] += 20
    assert memory.session(True) is not first


def test_what_is_remembered_of_projects_is_one_file_each_that_other_processes_find(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    memory = Memory(str(folder))
    assert memory.project("print") is None
    memory.keep_project("print", "0123456789abcdef0123456789abcdef")
    assert [(path.name, path.read_text(), path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("print", "0123456789abcdef0123456789abcdef", 0o600)]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Memory(str(folder)).project("print") == "0123456789abcdef0123456789abcdef"
    (folder / "odd").write_bytes(b"\xff")
    assert memory.project("odd") is None
    # Where nothing can be kept, this process remembers all the same.
    elsewhere = Memory(str(folder / "print" / "no folder"))
    elsewhere.keep_project("print", "a")
    assert elsewhere.project("print") == "a"


def test_turns_are_shared_by_the_processes_of_a_run(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    now = [100.0]
    one, other = Memory(str(folder), clock=lambda: now[0]), Memory(str(folder), clock=lambda: now[0])
    assert [round(memory.turn(0.5), 3) for memory in (one, other, one, other)] == [0.0, 0.5, 1.0, 1.5]
    now[0] = 200.0
    assert other.turn(0.5) == 0.0
    assert (folder / "turns").stat().st_mode & 0o777 == 0o600
    (folder / "turns").write_text("odd", encoding="ascii")
    assert one.turn(0.5) == 0.0
    # Where nothing can be shared, this process keeps the pace all the same.
    alone = Memory(str(folder / "turns" / "no folder"), clock=lambda: now[0])
    assert [alone.turn(0.5), alone.turn(0.5)] == [0.0, 0.5]


def test_a_project_that_was_found_without_verification_is_not_taken_for_one_that_was_verified() -> None:
    cloud = Cloud()
    for verified in (False, True, True):
        done(cloud.run("waf_geoip_rule_info", {"policy": "storefront", "project_id": None, "validate_certs": verified}))
    asked = [entry["operation"] for entry in cloud.journal()]
    assert asked.count("KeystoneListProjects") == (2 if Cloud.door == "in_process" else 3)
