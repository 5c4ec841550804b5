import { list } from './table.js';

export const FIRST_NAMES = list(
  `Ada, Amara, Anders, Anika, Arturo, Bela, Bilal, Carmen, Chidi, Cleo, Dario, Devi, Eero, Elif, Emil, Esther, Farid,
   Femi, Freya, Gia, Goran, Hana, Hugo, Ines, Ivo, Jamal, Jia, Jonas, Kaito, Keira, Lars, Leila, Lucia, Malik, Maren,
   Mei, Milo, Nadia, Noor, Odin, Olga, Omar, Petra, Priya, Quinn, Rafael, Rosa, Samir, Selma, Sven, Tala, Tomas, Uma,
   Vera, Viktor, Wanda, Xavi, Yara, Yusuf, Zora`,
);

export const LAST_NAMES = list(
  `Abe, Adeyemi, Ahlberg, Almeida, Aydin, Baker, Banerjee, Bauer, Berg, Castillo, Chen, Costa, Dahl, Demir, Diallo,
   Dvorak, Eriksen, Farah, Fischer, Fontaine, Garcia, Gupta, Haddad, Hansen, Horvat, Ibarra, Ito, Jansen, Kamau, Keller,
   Khan, Kim, Kowalski, Laine, Lindqvist, Lopez, Mancini, Marsh, Mensah, Moreau, Mori, Nakamura, Novak, Nwosu, Okafor,
   Olsen, Park, Pereira, Petrov, Quist, Rahman, Rossi, Sato, Silva, Sorensen, Tanaka, Vargas, Wolff, Yilmaz, Zhou`,
);

/** Names of workspaces: `<mood> <place> <house>`. */
export const MOODS = list(
  `Amber, Blue, Bright, Calm, Copper, Early, Even, Far, Gentle, Golden, Green, High, Little, Long, North, Open, Quiet,
   Second, Silver, Small, Steady, Warm, West, Wild`,
);

export const PLACES = list(
  `Anchor, Bay, Bridge, Canyon, Delta, Field, Forest, Garden, Harbor, Hill, Island, Lake, Lantern, Meadow, Mill, Orchard,
   Pier, River, Road, Shore, Summit, Tower, Valley, Yard`,
);

export const HOUSES = list('Studio, Labs, Collective, Desk, Works, Guild, Partners, House');
