package com.example.shop;

public interface Priced {
    int TAX = 19;

    int total(int tax) throws PriceException;
}
