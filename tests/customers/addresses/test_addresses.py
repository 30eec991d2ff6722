"""Addresses taken apart, checked and put into one form. No database."""

from dataclasses import dataclass

import pytest

from customers.addresses import postcodes
from customers.addresses.checking import Address, check, is_cjk, line
from customers.addresses.chinese import parse, parse_latin
from customers.addresses.places import CITY, DISTRICT, PROVINCE, atlas
from customers.addresses.regions import region_of


@dataclass
class Node:
    name: str
    path: str
    name_zh_hans: str = ""
    name_zh_hant: str = ""


def _parts(text: str) -> tuple[str, ...]:
    found = parse(text)
    places = (str(each or "") for each in (found.province, found.city, found.district))
    return (*places, found.street, found.number, found.rest)


def test_R_249_a_chinese_address_is_taken_apart():
    found = parse("杭州市西湖区文三路 1 号")
    assert (str(found.province), str(found.city), str(found.district)) == ("Zhejiang", "Hangzhou", "West Lake")
    assert (found.street, found.number) == ("文三路", "1号")
    tree = [Node("China", "/1/"), Node("East", "/1/2/"), Node("South", "/1/3/")]
    assert region_of(found.place, tree).name == "East"
    assert check(Address("杭州市西湖区文三路 1 号")).is_deliverable
    assert check(Address("杭州市西湖区文三路")).problems == (("address", "no_number"),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("上海南京路100号", ("Shanghai", "Shanghai", "", "南京路", "100号", "")),
        ("上海市延安西路1000弄12号", ("Shanghai", "Shanghai", "", "延安西路1000弄", "12号", "")),
        ("北京朝阳区建国路88号", ("Beijing", "Beijing", "Chaoyang", "建国路", "88号", "")),
        ("北京市长安街1号", ("Beijing", "Beijing", "", "长安街", "1号", "")),
        ("吉林省吉林市船营区北京路1号", ("Jilin", "Jilin", "Chuanying", "北京路", "1号", "")),
        ("吉林市船营区解放大路", ("Jilin", "Jilin", "Chuanying", "解放大路", "", "")),
        ("杭州西湖文三路100", ("Zhejiang", "Hangzhou", "West Lake", "文三路", "100号", "")),
        ("昆山市前进中路100号", ("Jiangsu", "Suzhou", "Kunshan", "前进中路", "100号", "")),
        ("内蒙古呼和浩特市新城区新华大街1号", ("Inner Mongolia", "Hohhot", "Xincheng", "新华大街", "1号", "")),
        ("海南藏族自治州共和县青海湖路1号", ("Qinghai", "Hainan Prefecture", "", "青海湖路", "1号", "")),
        ("廣東省深圳市南山區科技園南路5號", ("Guangdong", "Shenzhen", "Nanshan", "科技園南路", "5號", "")),
        ("臺北市信義區信義路五段7號", ("Taiwan", "Taipei", "Xinyi", "信義路五段", "7號", "")),
        (
            "中国浙江省杭州市西湖区文三路二十三号3幢502室",
            ("Zhejiang", "Hangzhou", "West Lake", "文三路", "二十三号", "3幢502室"),
        ),
        ("杭州市 余杭区 文一西路 ９６９ 号", ("Zhejiang", "Hangzhou", "Yuhang", "文一西路", "969号", "")),
    ],
)
def test_names_with_and_without_their_ending_are_understood(text: str, parts: tuple[str, ...]):
    assert _parts(text) == parts


def test_a_district_that_several_cities_have_needs_its_city():
    alone = parse("西湖区文三路1号")
    assert (alone.city, alone.district, alone.district_text) == (None, None, "西湖区")
    nanchang = atlas().find(CITY, "南昌")[0]
    assert str(parse("西湖区文三路1号", city=nanchang).district) == "Xihu"


def test_a_county_that_the_list_does_not_know_is_kept_as_it_was_written():
    found = parse("延边朝鲜族自治州延吉市人民路12号 133000")
    assert (found.district, found.district_text, found.street) == (None, "延吉市", "人民路")
    assert found.postcode == "133000"


def test_addresses_in_latin_letters_are_read_from_behind():
    found = parse_latin("No. 1 Wensan Road, Xihu District, Hangzhou, Zhejiang 310012, China")
    assert (str(found.city), str(found.district)) == ("Hangzhou", "West Lake")
    assert (found.street, found.number, found.postcode) == ("Wensan Road", "1", "310012")
    assert str(parse_latin("Nanjing Road, Shanghai").city) == "Shanghai"
    assert parse_latin("12 Main St, Suzhou").city is None  # there are two


def test_the_standard_form_moves_places_into_their_fields_and_invents_nothing():
    assert check(Address("杭州市西湖区文三路 1 号")).standard == {
        "address": "文三路1号",
        "district": "西湖区",
        "city": "杭州市",
        "province": "浙江省",
    }
    assert check(Address("杭州西湖区文三路1号", city="Hangzhou")).standard["district"] == "西湖区"
    assert "city" not in check(Address("杭州西湖区文三路1号", city="Hangzhou")).standard  # one of its names
    assert check(Address("廣東省深圳市南山區科技園南路5號")).standard["district"] == "南山區"
    assert check(Address("10 Downing Street", city="London", postcode="SW1A 2AA", country="GB")).standard == {}
    assert check(Address("388 Riverside Road", city="Hangzhou", country="CN")).standard == {"province": "Zhejiang"}


def test_a_line_that_contradicts_its_fields_is_told_and_not_rewritten():
    found = check(Address("杭州市文三路1号", city="Shanghai"))
    assert found.problems == (("city", "other_city"),)
    assert found.standard == {}
    assert check(Address("浙江省杭州市文三路1号", province="江苏省")).problems == (("province", "other_province"),)
    assert check(Address("杭州市西湖区文三路1号", district="拱墅区")).problems == (("district", "other_district"),)


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (Address(), ()),
        (Address("文三路1号"), (("address", "no_city"),)),
        (Address("文三路1号", city="Atlantis", country="CN"), (("city", "no_city"),)),
        (Address("杭州市"), (("address", "no_street"), ("address", "no_number"))),
        (Address("杭州市文三路1号", postcode="310012"), ()),
        (Address("杭州市文三路1号", postcode="100000"), (("postcode", "elsewhere"),)),
        (Address("杭州市文三路1号", postcode="31001"), (("postcode", "no_shape"),)),
        (Address("1 Main St", country="US"), (("city", "no_city"), ("postcode", "missing"))),
        (Address("1 Main St", city="Salem", postcode="9730", country="US"), (("postcode", "no_shape"),)),
        (Address("1 Main St", city="Salem", postcode="97301-1234", country="US"), ()),
        (Address("7 Queen's Road", city="Central", postcode="999077", country="HK"), (("city", "no_city"),)),
        (Address("Rue de la Paix 1", city="Paris", country="XX"), ()),
    ],
)
def test_what_is_wrong_with_an_address(given: Address, problems: tuple[tuple[str, str], ...]):
    assert check(given).problems == problems


def test_an_address_in_one_line():
    given = Address("杭州市西湖区文三路 1 号 310012")
    assert line(given.as_dict() | check(given).standard, is_cjk=is_cjk(given)) == "浙江省杭州市西湖区文三路1号 310012"
    given = Address("上海市静安区南京西路1266号")
    assert line(given.as_dict() | check(given).standard, is_cjk=True) == "上海市静安区南京西路1266号"
    given = Address("388 Riverside Road", city="Hangzhou", country="CN")
    assert line(given.as_dict() | check(given).standard, is_cjk=False) == "388 Riverside Road, Hangzhou, Zhejiang"


def test_postcodes_have_the_shape_of_their_country():
    assert postcodes.fits("SW1A 2AA", "GB")
    assert postcodes.fits("k1a 0b1", "CA")
    assert not postcodes.fits("310 012", "CN")
    assert not postcodes.fits("D1A 0B1", "CA")  # no Canadian postcode begins so
    assert postcodes.fits("whatever", "BO")  # of which nothing is known


def test_the_smallest_region_of_the_tree_is_taken():
    place = parse("杭州市西湖区文三路1号").place
    tree = [Node("East China", "/1/"), Node("Zhejiang", "/1/2/", "浙江"), Node("Hangzhou", "/1/2/3/", "杭州")]
    assert region_of(place, tree).name == "Hangzhou"
    assert region_of(place, tree[:2]).name == "Zhejiang"
    assert region_of(place, tree[:1]).name == "East China"
    assert region_of(parse("成都市武侯区一环路1号").place, [Node("West China", "/1/")]).name == "West China"
    assert region_of(parse("成都市武侯区一环路1号").place, tree) is None
    twice = [Node("Hangzhou", "/1/"), Node("Hangzhou", "/2/")]
    assert region_of(place, twice) is None  # nobody can tell which


def test_every_place_has_a_name_in_each_language_and_lies_in_one_above_it():
    known = atlas().by_name
    places = {id(each): each for level in known.values() for same in level.values() for each in same}.values()
    counted = {level: sum(each.level == level for each in places) for level in (PROVINCE, CITY, DISTRICT)}
    assert counted == {PROVINCE: 34, CITY: 370, DISTRICT: 624}
    for each in places:
        assert len(each.names) >= 3
        assert all(each.names)
        assert each.names[2].isascii() or "ü" in each.names[2]
        assert (each.parent is None) == (each.level == PROVINCE)
    for level in (PROVINCE, CITY):
        full = [each.names[0] for each in places if each.level == level]
        assert len(full) == len(set(full))


@pytest.mark.parametrize("text", ["", " ", "号", "1", "路", "区区区", "市" * 300, "杭州" * 200, "a,b,,", "省市区1号"])
def test_nonsense_is_no_error(text: str):
    parse(text)
    parse_latin(text)
    check(Address(text, city=text, country="CN"))
