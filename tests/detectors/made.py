"""Synthetic values with right check digits, by their published algorithms; nobody's real numbers."""

import random

_RID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GIVEN = "伟芳娜敏静强磊军洋勇艳杰涛明超秀兰霞平刚桂英华玉萍红玲芬燕彬凤洁梅琳雪云浩宇轩梓涵怡欣俊豪"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


class Maker:
    """Makes values from one seed."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def resident_id(self) -> str:
        born = f"{self.random.randint(1950, 2004)}{self.random.randint(1, 12):02}{self.random.randint(1, 28):02}"
        body = self.random.choice(["440106", "440305", "110105"]) + born + self.digits(3)
        total = sum(int(digit) * weight for digit, weight in zip(body, _RID_WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]

    def uscc(self) -> str:
        body = "91440101" + "".join(self.random.choice(_USCC) for _ in range(9))
        total = sum(_USCC.index(symbol) * pow(3, place, 31) for place, symbol in enumerate(body))
        return body + _USCC[(31 - total % 31) % 31]

    def bank_card(self) -> str:
        body = "62" + self.digits(16)
        doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
        total = sum(value - 9 if value > 9 else value for value in doubled)
        return body + str(-total % 10)

    def mobile(self) -> str:
        return "1" + self.random.choice("356789") + self.digits(9)

    def plate(self) -> str:
        return "粤" + self.random.choice("ABCDE") + self.digits(4) + self.random.choice("ABCDEFGH")

    def plate_nev(self) -> str:
        return "粤" + self.random.choice("ABCDE") + self.random.choice("DF") + self.digits(5)

    def email(self) -> str:
        return f"user{self.digits(5)}@gd.example.cn"

    def person(self) -> str:
        count = self.random.choice([1, 2, 2])
        return self.random.choice("王李张刘陈杨黄赵吴周") + "".join(self.random.choice(_GIVEN) for _ in range(count))

    def address(self) -> str:
        district = self.random.choice(["天河区", "越秀区", "番禺区"])
        road = self.random.choice(["体育东路", "中山大道西", "东风中路"])
        return f"广东省广州市{district}{road}{self.random.randint(1, 900)}号"

    def vin(self) -> str:
        from detectors.recognizers.checksums import vin

        body = "L" + "".join(self.random.choice(_VIN) for _ in range(12)) + self.digits(4)
        return next(made for check in "0123456789X" if vin([made := body[:8] + check + body[9:]])[0])

    def position(self) -> str:
        return f"{self.random.uniform(110, 117):.6f},{self.random.uniform(21, 25):.6f}"
