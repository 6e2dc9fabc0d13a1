package com.example.shop;

import java.util.ArrayList;
import java.util.List;
import static com.example.shop.Priced.TAX;

/** Holds what is bought. */
public class Cart {
    public static final int MAX_ITEMS = 10;
    private final List<Item> items = new ArrayList<>();
    enum State { OPEN, CLOSED }

    public Cart add(Item item) {
        if (items.size() >= MAX_ITEMS) throw new IllegalStateException("full");
        items.add(item);
        return this;
    }

    public int total() throws PriceException {
        int sum = 0;
        for (Item item : items) {
            sum += item.total(TAX);
        }
        return round(sum);
    }

    private int round(int value) { return value; }
}
