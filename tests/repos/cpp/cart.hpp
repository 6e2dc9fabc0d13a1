#pragma once
#include <string>

namespace shop {

/// Something with a price.
class Item {
public:
    Item(std::string name, int price);
    virtual ~Item();
    virtual int total() const;

private:
    std::string name_;
    int price_ = 0;
};

class Book : public Item {
public:
    int total() const override { return tax(Item::total()); }

private:
    int tax(int value) const { return value * 107 / 100; }
};

template <typename T>
T largest(T left, T right) { return left > right ? left : right; }

}  // namespace shop
