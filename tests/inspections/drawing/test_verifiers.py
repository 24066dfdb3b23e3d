"""What is handed out to strangers: both verifiers agree with the platform, and name what was altered."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.core.canonical import canonical_json, sha256_of
from apps.inspections.drawing.drawing import commitment_of, numbers_of
from apps.inspections.verifiers import verify_draw
from tests.inspections.drawing import bundles
from tests.inspections.drawing.conftest import FOLDER, opened

Change = Callable[[dict[str, Any]], None]


def alter_row(bundle: dict[str, Any]) -> None:
    bundle["pool"][2] = bundle["pool"][2].replace("示例", "实例")


def give_a_class_that_is_none(bundle: dict[str, Any]) -> None:
    bundle["pool"][0] = bundle["pool"][0].replace('"grade":"B"', '"grade":"X"')


def drop_row(bundle: dict[str, Any]) -> None:
    del bundle["pool"][-1]


def swap_rows(bundle: dict[str, Any]) -> None:
    bundle["pool"][0], bundle["pool"][1] = bundle["pool"][1], bundle["pool"][0]


def alter_secret(bundle: dict[str, Any]) -> None:
    bundle["secrets"]["a"] += "!"


def alter_other_secret_with_its_commitment(bundle: dict[str, Any]) -> None:
    bundle["secrets"]["b"] += "!"
    bundle["commitments"]["b"] = commitment_of(bundle["secrets"]["b"])


def alter_public_value(bundle: dict[str, Any]) -> None:
    bundle["public_value"] = "3871.06"


def alter_order(bundle: dict[str, Any]) -> None:
    order = bundle["result"]["strata"][0]["order"]
    order[0], order[1] = order[1], order[0]
    bundle["result_sha256"] = sha256_of(bundle["result"])


def alter_quota(bundle: dict[str, Any]) -> None:
    bundle["terms"]["strata"][0]["chosen"] += 1
    bundle["terms_sha256"] = sha256_of(bundle["terms"])


def alter_chance_of_one_more(bundle: dict[str, Any]) -> None:
    bundle["terms"]["strata"][5]["more"] -= 1
    bundle["terms_sha256"] = sha256_of(bundle["terms"])


def call_it_the_older_way(bundle: dict[str, Any]) -> None:
    bundle["terms"]["algorithm"] = "hebei-draw/1"
    bundle["terms_sha256"] = sha256_of(bundle["terms"])


def alter_count(bundle: dict[str, Any]) -> None:
    bundle["terms"]["groups"][0]["count"] = 9


def alter_rate(bundle: dict[str, Any]) -> None:
    bundle["terms"]["rates"]["A"] = 100


def free_an_inspector(bundle: dict[str, Any]) -> None:
    bundle["inspectors"][0]["barred"] = []


def change_the_team(bundle: dict[str, Any]) -> None:
    bundle["result"]["visits"][0]["team"].reverse()


def hide_a_visit(bundle: dict[str, Any]) -> None:
    del bundle["result"]["visits"][0]


def change_the_inspectors_order(bundle: dict[str, Any]) -> None:
    bundle["result"]["inspectors"].reverse()


ALTERED: dict[str, tuple[Change, str]] = {
    "row": (alter_row, "候选名单：内容与公布的校验值不符"),
    "class that is none": (give_a_class_that_is_none, "抽取数：层 130102/X 应为 1 个中抽 0 个"),
    "row that is gone": (drop_row, "候选名单：内容与公布的校验值不符"),
    "rows in another order": (swap_rows, "候选名单：第 1 行的写法或序号不对"),
    "secret": (alter_secret, "密语甲：与事先公布的承诺值不符"),
    "secret and commitment": (alter_other_secret_with_its_commitment, "种子：由规则、名单"),
    "public value": (alter_public_value, "种子：由规则、名单"),
    "order": (alter_order, "抽取顺序：层 130102/A 与种子算出的不同"),
    "quota": (alter_quota, "抽取数：层 130102/A 应为"),
    "chance of one more": (
        alter_chance_of_one_more,
        "抽取数：层 130104/A 应为 4 个中抽 0 个，并有 20% 的机会多抽 1 个",
    ),
    "algorithm": (call_it_the_older_way, "抽取数：层 130104/B 应为 4 个中抽 1 个"),
    "count of a county": (alter_count, "抽取规则：内容与公布的校验值不符"),
    "rate": (alter_rate, "抽取规则：内容与公布的校验值不符"),
    "avoidance": (free_an_inspector, "检查人员名单：内容与规则中的校验值不符"),
    "team": (change_the_team, "检查人员：第 "),
    "visit that is gone": (hide_a_visit, "抽中了却没有公布"),
    "order of inspectors": (change_the_inspectors_order, "检查人员顺序：与种子算出的不同"),
}
altered = pytest.mark.parametrize(("change", "words"), ALTERED.values(), ids=ALTERED)


def spoiled(change: Change) -> dict[str, Any]:
    bundle = deepcopy(bundles.drawn())
    change(bundle)
    return bundle


def test_drawing_again_gives_the_same_to_the_byte() -> None:
    assert canonical_json(bundles.drawn()) == canonical_json(bundles.drawn())


def test_another_secret_gives_another_draw() -> None:
    other = bundles.drawn_bundle(
        bundles.announced(), ("x" * 20, bundles.SECRETS[1]), bundles.PUBLIC_VALUE, drawn_at=bundles.DRAWN_AT
    )
    assert other["result"] != bundles.drawn()["result"]


def test_the_example_has_what_makes_matching_hard() -> None:
    drawn = bundles.drawn()
    result, numbers = drawn["result"], numbers_of(drawn["terms"], drawn["seed"])
    assert len(result["visits"]) == sum(numbers.values()) > sum(line["chosen"] for line in drawn["terms"]["strata"]) > 8
    assert len({key for visit in result["visits"] for key in visit["team"]}) == 7


# Drawn before the chances of small counties were made equal -------------------------------------------------------


def test_what_was_announced_the_older_way_is_drawn_the_older_way() -> None:
    told, kept = bundles.older("announced"), bundles.older("drawn")
    again = bundles.drawn_bundle(told, bundles.SECRETS, bundles.PUBLIC_VALUE, drawn_at=bundles.DRAWN_AT)
    assert kept["terms"]["algorithm"] == "hebei-draw/1"
    assert canonical_json(again) == canonical_json(kept)


def test_python_verifier_agrees_with_what_was_drawn_the_older_way_and_not_under_the_newer_name() -> None:
    told, kept = bundles.older("announced"), bundles.older("drawn")
    assert verify_draw.problems(told) == verify_draw.problems(kept, told) == []
    kept["terms"]["algorithm"] = "hebei-draw/2"
    assert "抽取数：层 130104/B 应为 4 个中抽 0 个，并有 40% 的机会多抽 1 个" in verify_draw.problems(kept)
    kept["terms"]["algorithm"] = "hebei-draw/3"
    assert verify_draw.problems(kept) == ["格式：只认识 hebei-draw-bundle/1 和 hebei-draw/1、hebei-draw/2"]


# Python ---------------------------------------------------------------------------------------------------------------


def test_python_verifier_agrees_with_the_platform() -> None:
    assert verify_draw.problems(bundles.announced()) == []
    assert verify_draw.problems(bundles.drawn(), bundles.announced()) == []


@altered
def test_python_verifier_names_what_was_altered(change: Change, words: str) -> None:
    found = verify_draw.problems(spoiled(change))
    assert any(line.startswith(words) or words in line for line in found), found


def test_a_bundle_made_anew_from_another_pool_is_found_out_by_the_announced_one() -> None:
    """All hashes agree with each other; only what was published before can tell."""
    pool = bundles.numbered(bundles.candidates()[1:])
    told = bundles.announced()
    forged = bundles.announced_bundle(
        bundles.terms_for(pool), pool, bundles.inspectors(), told["commitments"], announced_at=bundles.DRAWN_AT
    )
    drawn = bundles.plain(bundles.drawn_bundle(forged, bundles.SECRETS, "1", drawn_at=bundles.DRAWN_AT))
    assert verify_draw.problems(drawn) == []
    assert verify_draw.problems(drawn, told) == ["抽取规则：与公告时公布的不同", "候选名单：与公告时公布的不同"]


def run(*names: Any) -> subprocess.CompletedProcess[str]:
    """As a stranger runs it: alone, isolated from this project."""
    words = [sys.executable, "-I", str(FOLDER / "verify_draw.py"), *map(str, names)]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)


def test_python_verifier_runs_from_its_file_alone_and_says_it_with_its_status(tmp_path: Path) -> None:
    right, wrong, told, junk = (tmp_path / name for name in ("right.json", "wrong.json", "told.json", "junk.json"))
    right.write_bytes(canonical_json(bundles.drawn()))
    wrong.write_bytes(canonical_json(spoiled(alter_secret)))
    told.write_bytes(canonical_json(bundles.announced()))
    junk.write_text('{"format": ')
    done = run(right, "--announced", told)
    assert (done.returncode, "全部相符" in done.stdout, done.stderr) == (0, True, "")
    assert "抽取尚未进行" in run(told).stdout
    done = run(wrong)
    assert (done.returncode, "密语甲" in done.stdout) == (1, True)
    assert [run(junk).returncode, run(tmp_path / "none").returncode, run().returncode] == [2, 2, 2]


@pytest.mark.parametrize(
    "text", ["[]", "1", "{}", '{"format":"hebei-draw-bundle/1","terms":{"algorithm":"hebei-draw/1"}}']
)
def test_what_is_no_bundle_is_told_without_a_trace(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    done = run(tmp_path / "x.json")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout


def test_python_verifier_is_short_and_needs_the_standard_library_alone() -> None:
    text = (FOLDER / "verify_draw.py").read_text(encoding="utf-8")
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert len(text.splitlines()) < 300
    assert imported <= {"__future__", "hashlib", "hmac", "json", "math", "sys"}


# In the browser -------------------------------------------------------------------------------------------------------


def told(page: Page, path: Path, bundle: Any, box: str = "bundle") -> tuple[str, list[str]]:
    path.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    page.set_input_files(f"#{box}", path)
    expect(page.locator("#verdict")).not_to_contain_text("尚未选择")
    return page.inner_text("#verdict"), page.locator("#problems li").all_inner_texts()


@pytest.mark.browser
def test_page_agrees_with_the_platform_without_network(page: Page, tmp_path: Path) -> None:
    noted = opened(page)
    assert told(page, tmp_path / "a.json", bundles.announced())[0].startswith("全部相符；抽取尚未进行")
    opened(page)
    assert told(page, tmp_path / "b.json", bundles.drawn()) == ("全部相符，抽取结果由公布的数据得出。", [])
    page.set_input_files("#announced", tmp_path / "a.json")
    expect(page.locator("#facts")).to_contain_text("已与公告时")
    assert page.inner_text("#verdict") == "全部相符，抽取结果由公布的数据得出。"
    assert bundles.drawn()["pool_sha256"] in page.inner_text("#facts")
    assert noted == []


@pytest.mark.browser
@altered
def test_page_names_what_was_altered_in_the_words_of_the_other_verifier(
    page: Page, tmp_path: Path, change: Change, words: str
) -> None:
    opened(page)
    bundle = spoiled(change)
    verdict, found = told(page, tmp_path / "x.json", bundle)
    assert any(words in line for line in found), found
    assert sorted(found) == sorted(verify_draw.problems(bundle))
    assert verdict == f"共 {len(found)} 处不符，这次抽取不能得到验证。"


@pytest.mark.browser
def test_page_agrees_with_what_was_drawn_the_older_way_and_not_under_the_newer_name(page: Page, tmp_path: Path) -> None:
    opened(page)
    kept = bundles.older("drawn")
    assert told(page, tmp_path / "a.json", kept) == ("全部相符，抽取结果由公布的数据得出。", [])
    for algorithm in ("hebei-draw/2", "hebei-draw/3"):
        opened(page)
        kept["terms"]["algorithm"] = algorithm
        assert sorted(told(page, tmp_path / "b.json", kept)[1]) == sorted(verify_draw.problems(kept))


@pytest.mark.browser
def test_page_says_when_a_file_is_no_bundle(page: Page, tmp_path: Path) -> None:
    opened(page)
    assert told(page, tmp_path / "x.json", {"format": "hebei-draw-bundle/1"})[0].startswith("数据包不完整")
    opened(page)
    (tmp_path / "y.json").write_text("{")
    page.set_input_files("#bundle", tmp_path / "y.json")
    expect(page.locator("#verdict")).to_contain_text("读不了")
