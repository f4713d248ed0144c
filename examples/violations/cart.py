from decimal import Decimal

TAX = Decimal("0.19")


def total(items):
    net = Decimal(0)
    for item in items:
        net += item.price * item.count
    return net * (1 + TAX)
