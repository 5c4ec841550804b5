/** What tokens of each kind differ in. Values stand in no order: each collection makes others of them rare. */
import type { Kind } from './themes.js';
import { columns, lines, list } from './table.js';

interface TraitType {
  name: string;
  /** How many values of this type a token has. */
  min: number;
  max: number;
  values: readonly string[];
}

const creature = `
  Background | 1 | 1 | Dawn, Dusk, Fog, Meadow, Midnight, Sand, Sea, Snow
  Body       | 1 | 1 | Amber, Ash, Copper, Cream, Jade, Midnight, Rust, Silver, Spotted, Striped
  Eyes       | 1 | 1 | Bright, Closed, Curious, Glowing, Half Asleep, Narrow, Odd, Round
  Mouth      | 1 | 1 | Fangs, Frown, Grin, Open, Smile, Straw, Whistle
  Headwear   | 0 | 1 | Beanie, Crown, Flower, Halo, Helmet, Straw Hat, Top Hat
  Accessory  | 0 | 3 | Bell, Book, Compass, Earring, Lantern, Map, Monocle, Pipe, Ribbon, Satchel, Scarf, Sword`;

const person = `
  Background | 1 | 1 | Alley, Blue, Brick, Field, Grey, Market, Night, Yellow
  Skin       | 1 | 1 | Brown, Dark, Freckled, Light, Olive, Tan
  Hair       | 1 | 1 | Bald, Bob, Braids, Bun, Curls, Long, Mohawk, Short, Silver
  Clothes    | 1 | 1 | Apron, Coat, Cloak, Jersey, Overalls, Robe, Suit, Sweater
  Expression | 1 | 1 | Amused, Calm, Cross, Dreaming, Laughing, Tired
  Carries    | 0 | 3 | Basket, Bread, Camera, Dog, Flag, Flowers, Guitar, Lamp, Letter, Rope, Umbrella`;

const landscape = `
  Season   | 1 | 1 | Autumn, First Snow, High Summer, Spring, Thaw, Winter
  Hour     | 1 | 1 | Afternoon, Blue Hour, Dawn, Midnight, Noon, Sunset
  Weather  | 1 | 2 | Clear, Drizzle, Fog, Hail, Rainbow, Storm, Wind
  Palette  | 1 | 1 | Coral, Ink, Moss, Ochre, Slate, Violet
  Horizon  | 1 | 1 | Broken, Doubled, High, Low, None
  Sighting | 0 | 1 | Balloon, Comet, Deer, Kite, Smoke, Tent`;

const generative = `
  Palette  | 1 | 1 | Chalk, Citrus, Ember, Ink, Neon, Pastel, Rust, Tidal
  Density  | 1 | 1 | Dense, Even, Full, Loose, Sparse
  Symmetry | 1 | 1 | Fourfold, Mirrored, None, Radial, Rotated
  Stroke   | 1 | 1 | Brush, Dotted, Hairline, Marker, Pencil
  Grain    | 1 | 1 | Coarse, Fine, None, Paper, Film
  Quirk    | 0 | 2 | Dropped Line, Echo, Glitch, Gold Leaf, Inverted, Overprint`;

const music = `
  Key        | 1 | 1 | A Minor, B Flat, C, D Minor, E Minor, F, G
  Tempo      | 1 | 1 | 60, 72, 84, 96, 108, 120, 140
  Mood       | 1 | 2 | Bright, Dusty, Heavy, Hopeful, Lonely, Restless, Warm
  Instrument | 1 | 3 | Bass, Bells, Choir, Drums, Guitar, Organ, Piano, Synth, Trumpet
  Texture    | 1 | 1 | Clean, Crackle, Hiss, Reverb, Wow`;

const photo = `
  Country | 1 | 1 | Argentina, Canada, Egypt, France, Ghana, India, Italy, Japan, Mexico, Norway, Poland, Portugal
  Light   | 1 | 1 | Backlit, Daylight, Flash, Lamps, Moonlight, Overcast
  Film    | 1 | 1 | Black and White, Colour, Expired, Infrared, Slide
  Format  | 1 | 1 | 35 mm, 4x5, 6x6, 6x9, Polaroid
  Subject | 0 | 2 | Bicycle, Bird, Child, Crowd, Dog, Flag, Reflection, Shadow`;

const item = `
  Class    | 1 | 1 | Armour, Food, Instrument, Potion, Seed, Tool, Weapon
  Rarity   | 1 | 1 | Common, Epic, Legendary, Rare, Uncommon
  Material | 1 | 1 | Bone, Brass, Clay, Glass, Iron, Oak, Silver
  Level    | 1 | 1 | 1, 2, 3, 5, 8, 13, 21
  Effect   | 0 | 2 | Burns, Chills, Glows, Heals, Hums, Returns, Whispers`;

const pass = `
  Tier   | 1 | 1 | Friend, Member, Patron, Founder
  Season | 1 | 1 | Autumn, Spring, Summer, Winter
  Perk   | 1 | 3 | Backstage, Early Access, Merchandise, Newsletter, Voting, Workshops
  Finish | 1 | 1 | Embossed, Foil, Matte, Plain`;

const types = (text: string): TraitType[] =>
  lines(text).map((line) => {
    const [name, min, max, values] = columns(line) as [string, string, string, string];
    return { name, min: Number(min), max: Number(max), values: list(values) };
  });

export const TRAITS: Readonly<Record<Kind, readonly TraitType[]>> = {
  creature: types(creature),
  person: types(person),
  landscape: types(landscape),
  generative: types(generative),
  music: types(music),
  photo: types(photo),
  item: types(item),
  pass: types(pass),
};
