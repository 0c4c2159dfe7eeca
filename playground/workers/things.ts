// Names for the categories of the simulated shop: a reader sees lamps and bicycles instead of numbers. Popular ones come first.

export const things = [
  ...[
    "💡 lamp",
    "🚲 bicycle",
    "📚 book",
    "🎧 headphones",
    "🪴 plant",
    "👟 shoes",
    "🎸 guitar",
    "🧸 teddy bear",
  ],
  ...[
    "📷 camera",
    "⛺ tent",
    "🪑 chair",
    "🧣 scarf",
    "🛹 skateboard",
    "🎲 board game",
    "🖌️ paint",
    "🔭 telescope",
  ],
  ...["🥁 drum", "⚽ football", "🧩 puzzle", "🎣 fishing rod", "🕶️ sunglasses", "⌚ watch", "🏓 table tennis"],
  ...["🔧 tools", "🪁 kite", "🎻 violin", "🧭 compass", "🎿 skis", "🪞 mirror", "🎩 hat"],
];
