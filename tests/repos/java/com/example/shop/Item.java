package com.example.shop;

/** Something with a price. */
public abstract class Item implements Priced {
    protected final String name;
    private int price = 0;

    public Item(String name, int price) {
        this.name = name;
        this.price = price;
    }

    /** Price with tax. */
    @Override
    public int total(int tax) throws PriceException {
        if (price < 0) {
            throw new PriceException(name);
        }
        return price * (100 + tax) / 100;
    }
}
