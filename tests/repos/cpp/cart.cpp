#include "cart.hpp"

namespace shop {

Item::Item(std::string name, int price) : name_(name), price_(price) {}

Item::~Item() {}

// Price with tax.
int Item::total() const {
    if (price_ < 0) throw std::invalid_argument("price");
    return this->price_;
}

}  // namespace shop

int main() {
    shop::Book *book = new shop::Book();
    return book->total();
}
