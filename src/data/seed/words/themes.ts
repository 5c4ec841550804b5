/** The collections of scale 1, and the parts that those of larger scales are named from. */
import { columns, lines, list } from './table.js';

export type Kind = 'creature' | 'person' | 'landscape' | 'generative' | 'music' | 'photo' | 'item' | 'pass';

export interface Theme {
  name: string;
  /** What one of its tokens is called. */
  token: string;
  symbol: string;
  kind: Kind;
  description: string;
}

/** Tokens of these kinds are editions: several wallets hold one. */
export const EDITIONS: ReadonlySet<Kind> = new Set(['item', 'pass']);

export const THEMES: readonly Theme[] = lines(`
  Such Dragons     | Such Dragon    | SUCHD  | creature   | Very scale, much fire. Dragons drawn by hand, each with a hoard, a temper and a favourite cave.
  Harbor Cats      | Harbor Cat     | HCATS  | creature   | Cats of the old docks: they sleep on nets, keep the rats honest and know when the boats come in.
  Lantern Folk     | Lantern Bearer | LNTRN  | person     | Travellers of a country without sun. Each carries a light, a trade and a story half told.
  Slow Mountains   | Slow Mountain  | SLOWM  | landscape  | Ranges that a small program raises and wears down over a thousand years of rain.
  Loom Studies     | Loom Study     | LOOM   | generative | Woven lines by an algorithm that never drops a thread. Made once, on chain, for good.
  Night Tapes      | Night Tape     | TAPES  | music      | Loops recorded after midnight on worn cassettes: four bars each, made to be layered.
  Tin Robots       | Tin Robot      | TINRB  | creature   | Wind-up robots from a toy box that nobody remembers packing. Some still have their keys.
  Guild of Makers  | Maker's Tool   | MAKER  | item       | Tools of a workshop game: what you hold is what you can build with.
  Paper Moons      | Paper Moon     | PMOON  | generative | Folded circles and torn edges. Every moon shows its own phase and its own mistakes.
  Early Risers     | Early Riser    | RISER  | person     | Portraits of people who were awake before the city: bakers, drivers, nurses, swimmers.
  Founders Table   | Founders Seat  | FNDR   | pass       | A seat at the table: calls every month, a vote on what is built next, and the good coffee.
  Glass Gardens    | Glass Garden   | GLASS  | landscape  | Terrariums rendered pane by pane. What grows in each depends on the hour it was minted.
  Moss Spirits     | Moss Spirit    | MOSS   | creature   | Small, round and older than the trees. They like rain and dislike being counted.
  Platform Nine    | Platform Photo | PLAT9  | photo      | Railway stations at the minute before departure, photographed in nineteen countries.
  Checker Fields   | Checker Field  | CHKR   | generative | Two colours, one rule, sixty-four squares, and no two boards alike.
  Deep Sea Post    | Sea Postcard   | DSEA   | photo      | Postcards from below two hundred metres, where everything brings its own light.
  Arcade Relics    | Arcade Relic   | RELIC  | item       | Swords, boots and bottles from an arcade that closed. They still work in the new one.
  Brass Section    | Brass Phrase   | BRASS  | music      | Phrases for trumpet, trombone and tuba, each played once and never written down.
  Desert Foxes     | Desert Fox     | DFOX   | creature   | Foxes with large ears and larger plans. The dunes are theirs by night.
  Kind Strangers   | Kind Stranger  | KINDS  | person     | Faces of people who helped and left no name. Drawn from memory by those they helped.
  Tide Tables      | Tide           | TIDE   | generative | A year of tides in one harbor, a drawing a day, the moon as the only input.
  Terrace Maps     | Terrace        | TERRA  | landscape  | Rice terraces seen from above, with the paths that only farmers know.
  Season Passes    | Season Pass    | SEASN  | pass       | One pass a season: the shows, the recordings, and a place near the stage.
  Window Seats     | Window Seat    | WNDOW  | photo      | The view from trains and planes, with the reflection of whoever took it.
  Owl Parliament   | Member         | OWLS   | creature   | Elected for life, awake by night, and never once in agreement.
  Field Recorders  | Field Sound    | FIELD  | music      | Rivers, markets, doors and birds. A minute of each, from wherever the microphone was.
  Letterpress      | Letter         | LTTR   | generative | Wooden type, too much ink, and a press that prints every letter a little differently.
  Harvest Crates   | Harvest Crate  | CRATE  | item       | Seeds, grain and fruit of a farming game, traded between villages by the crate.
  Cloud Herders    | Cloud Herder   | HERD   | person     | They drive the weather from valley to valley and argue about the rain.
  Salt Flats       | Salt Flat      | SALT   | landscape  | White ground, hard light and a horizon that a shader keeps perfectly straight.
  Pocket Whales    | Pocket Whale   | PWHAL  | creature   | Whales that fit in a pocket. They sing when it is quiet and hold for the long term.
  Stage Doors      | Stage Door     | STAGE  | photo      | The other entrance of a hundred theatres, between the second bell and the third.
  Ember Knights    | Ember Knight   | EMBER  | person     | An order sworn to keep one fire burning. Armour by the smith, dents by the dragons.
  Soft Machines    | Soft Machine   | SOFTM  | generative | Circuits drawn as cushions. Press one and another swells: it is all one equation.
  Alpine Huts      | Alpine Hut     | ALPIN  | photo      | Huts above the tree line, each with its stove, its book of names and its weather.
  Potion Shelf     | Potion         | POTN   | item       | Bottled effects for three games that share a shelf. Shake well, read the label.
  Choir of Wires   | Wire Voice     | WIRES  | music      | Voices of telephone wires in the wind, tuned to one chord across the collection.
  River Stones     | River Stone    | STONE  | landscape  | Stones rounded by a simulation of water, each named after the bend it came from.
  Sunday League    | Player         | SUNDY  | person     | Eleven a side, no talent scouts. Boots, numbers, and excuses for last week.
  Reading Room     | Reader Card    | READR  | pass       | A card for the reading room: drafts before they are printed, and letters from authors.
`).map((line) => {
  const [name, token, symbol, kind, description] = columns(line) as [string, string, string, Kind, string];
  return { name, token, symbol, kind, description };
});

export const ADJECTIVES = list(
  `Ancient, Bashful, Borrowed, Brave, Clever, Crooked, Curious, Daring, Distant, Drowsy, Electric, Forgotten, Fuzzy,
   Gentle, Gilded, Hidden, Humble, Idle, Jolly, Lonely, Lucky, Mellow, Midnight, Misty, Noble, Odd, Patient, Polished,
   Quiet, Restless, Rusty, Salty, Secret, Sleepy, Stubborn, Tangled, Thirsty, Velvet, Wandering, Wooden`,
);

/** Plural and singular. */
export const NOUNS: Readonly<Record<Kind, readonly (readonly [string, string])[]>> = {
  creature: pairs(
    'Badgers:Badger, Bears:Bear, Crows:Crow, Geckos:Gecko, Goats:Goat, Hares:Hare, Otters:Otter, Toads:Toad',
  ),
  person: pairs('Bakers:Baker, Cyclists:Cyclist, Dancers:Dancer, Divers:Diver, Pilots:Pilot, Sailors:Sailor'),
  landscape: pairs('Canyons:Canyon, Coasts:Coast, Glaciers:Glacier, Islands:Island, Marshes:Marsh, Valleys:Valley'),
  generative: pairs('Circles:Circle, Grids:Grid, Knots:Knot, Spirals:Spiral, Threads:Thread, Waves:Wave'),
  music: pairs('Chords:Chord, Drums:Drum, Echoes:Echo, Loops:Loop, Reeds:Reed, Strings:String'),
  photo: pairs('Bridges:Bridge, Corners:Corner, Kitchens:Kitchen, Lighthouses:Lighthouse, Markets:Market, Roofs:Roof'),
  item: pairs('Amulets:Amulet, Anvils:Anvil, Compasses:Compass, Keys:Key, Lutes:Lute, Shields:Shield'),
  pass: pairs('Badges:Badge, Coins:Coin, Stamps:Stamp, Tickets:Ticket'),
};

/** `%` is the plural, in lower case. */
export const STORIES: Readonly<Record<Kind, string>> = {
  creature: 'A few hundred %, no two of one temper. Bred on chain from six traits and a little luck.',
  person: 'Portraits of % as their neighbours know them, with their tools, their hats and their worries.',
  landscape: 'A walk past % that a program has laid out, lit and weathered, one step after another.',
  generative: 'Studies of %: one rule, many seeds, and whatever came of it, unedited.',
  music: 'Recordings of %, short enough to loop and clean enough to mix.',
  photo: 'Photographs of %, taken over a decade and printed once.',
  item: 'Things to carry in games that agree on what % are good for.',
  pass: 'Open doors, early drafts and a vote for everyone who holds one of these %.',
};

function pairs(text: string): [string, string][] {
  return list(text).map((pair) => pair.split(':') as [string, string]);
}
