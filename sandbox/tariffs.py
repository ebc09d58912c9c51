"""The tariffs the operator sells, and one it sells no more."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """One corporate tariff; prices in roubles, `share` of new lines that get it."""

    id: str
    name: str
    description: str
    monthly: Decimal
    switching: Decimal
    share: int
    is_sellable: bool = True


TARIFFS = (
    Tariff("T-START", "Бизнес Старт", "300 минут, 3 ГБ, 100 SMS", Decimal(390), Decimal(0), 22),
    Tariff("T-OPTIMA", "Бизнес Оптима", "800 минут, 15 ГБ, 300 SMS", Decimal(590), Decimal(100), 28),
    Tariff("T-MAXIMUM", "Бизнес Максимум", "2000 минут, 40 ГБ, 500 SMS", Decimal(990), Decimal(150), 14),
    Tariff("T-UNLIM", "Бизнес Безлимит", "Безлимитные звонки и интернет", Decimal(1490), Decimal(200), 8),
    Tariff("T-OFFICE", "Мобильный офис", "Интернет 60 ГБ для планшетов", Decimal(650), Decimal(100), 8),
    Tariff("T-M2M", "Телеметрия М2М", "100 МБ для датчиков и касс", Decimal(90), Decimal(0), 8),
    Tariff("T-CHIEF", "Руководитель", "Всё включено, роуминг 50 стран", Decimal(2900), Decimal(0), 2),
    Tariff("T-CORP2018", "Корпоративный 2018", "Архивный тариф", Decimal(350), Decimal(0), 10, False),
)
BY_ID = {tariff.id: tariff for tariff in TARIFFS}
SELLABLE = frozenset(tariff.id for tariff in TARIFFS if tariff.is_sellable)
