from . import base


class Book(base.Item):
    tax = 7

    def describe(self):
        # The word Book() in a comment is no call, nor is "Book()" in a string.
        label = super().describe()
        return "Book() " + label
