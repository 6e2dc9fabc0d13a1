from .base import Item
from .book import Book
