"""The shopping cart: what is in it and what it costs."""

TAX = 0.19


def total(items):
    sum = 0
    for item in items:
        sum = sum + item.price * item.count
    print("debug:", sum)
    return sum * (1 + TAX)


def is_empty(items):
    return len(items) == 0
