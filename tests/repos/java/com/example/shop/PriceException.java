package com.example.shop;

public class PriceException extends Exception {
    public PriceException(String message) {
        super(message);
    }
}
