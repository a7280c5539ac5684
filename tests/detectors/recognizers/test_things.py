"""What names of columns say that is no sensitive type, in Chinese, English, pinyin, initials and without vowels."""

import pytest

from detectors.recognizers.definition import recognizers
from detectors.recognizers.hints import read_name
from detectors.recognizers.things import things
from soc.text import known


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("资产编号", "asset"),
        ("固定资产代码", "asset"),
        ("zichanbianhao", "asset"),
        ("asset_no", "asset"),
        ("F_GDZCBH", "asset"),
        ("铅封号", "seal"),
        ("QFHM", "seal"),
        ("sealCode", "seal"),
        ("发票代码", "invoice"),
        ("fpdm", "invoice"),
        ("INVOICE_NO", "invoice"),
        ("invc_no", "invoice"),
        ("维修工单号", "order"),
        ("wrk_ordr_no", "order"),
        ("案卷档号", "file"),
        ("上传字节", "counter"),
        ("英文船名", "ship"),
        ("vesselNameEn", "ship"),
        ("项目名称", "project"),
        ("合同编号", "contract"),
    ],
)
def test_a_name_says_another_kind_of_thing(name: str, thing: str) -> None:
    opinion = read_name(name)
    assert opinion.thing is not None
    assert opinion.thing.id == thing
    assert opinion.against("passport")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("订单联系电话", "mobile"),
        ("合同编号人身份证", "resident_id"),
        ("发票抬头税号", "uscc"),
        ("驾驶证档案编号", "driver_file_no"),
        ("支付流水号", "payment_id"),
        ("人脸图片", "biometric"),
        ("asset_owner_phone", "mobile"),
    ],
)
def test_a_type_that_is_said_last_is_meant_whatever_stands_before_it(name: str, kind: str) -> None:
    opinion = read_name(name)
    assert kind in opinion.sure
    assert not opinion.against(kind)


@pytest.mark.parametrize(("name", "not_meant"), [("发票号码", "bus_ticket"), ("会员卡号", "bank_card")])
def test_of_two_words_that_end_alike_the_longer_is_meant(name: str, not_meant: str) -> None:
    assert read_name(name).against(not_meant)


def test_no_name_of_a_type_is_taken_for_a_thing() -> None:
    names = ((one.id, name) for one in recognizers().values() for name in one.names)
    lost = [(kind, name) for kind, name in names if not read_name(name).of(kind)]
    assert lost == []


def test_a_device_may_well_have_a_devices_number() -> None:
    assert not read_name("摄像机编号").against("mac")
    assert read_name("摄像机编号").against("twid")


def test_a_single_character_is_heard_only_before_a_number() -> None:
    assert read_name("派单号").thing is not None
    assert read_name("旅客英文名").thing is None


def test_things_spare_only_types_that_there_are() -> None:
    assert {spared for one in things().values() for spared in one.spares} <= set(recognizers())


@pytest.mark.parametrize("thing", sorted(things()))
def test_every_thing_has_words_for_people(thing: str) -> None:
    assert known(f"ledger.thing.{thing}")
