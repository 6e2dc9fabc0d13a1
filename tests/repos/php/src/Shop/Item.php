<?php

namespace App\Shop;

class Item
{
    public function price(): int
    {
        return 12;
    }
}
