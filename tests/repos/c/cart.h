#ifndef CART_H
#define CART_H

#define MAX_ITEMS 10
#define SQUARE(x) ((x) * (x))

/* One thing in the cart. */
struct item {
    const char *name;
    int price;
};

typedef struct cart {
    struct item *items;
    int count;
} cart_t;

enum state { OPEN, CLOSED };

/* Sum of all prices. */
int cart_total(const cart_t *cart);

#endif
