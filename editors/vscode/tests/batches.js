/** Texts of which each line is unlike the others. */
export const shop = {
  'cart.py': 'TAX = 0.19\nCOUNT = 1\nNAME = "cart"\n',
  'order.py': 'LIMIT = 10\nOPEN = True\n',
};

/** A right batch on both texts of the shop. */
export const rename = (folder) =>
  folder.batch(
    {
      'cart.py': [
        { type: 'replace', line: 1, expect: 'TAX = 0.19', text: 'TAX = 0.21' },
        { type: 'delete', line: 2, expect: 'COUNT = 1' },
      ],
      'order.py': [{ type: 'insert', line: 1, text: '# orders' }],
    },
    { label: 'A new tax' },
  );

/** What the texts of the shop are with it. */
export const renamed = {
  'cart.py': 'TAX = 0.21\nNAME = "cart"\n',
  'order.py': '# orders\nLIMIT = 10\nOPEN = True\n',
};

/** A batch on one text, whose first patch is right and whose second one is for a line further up. */
export const misplaced = (folder) =>
  folder.batch(
    {
      'cart.py': [
        { type: 'replace', line: 1, expect: 'TAX = 0.19', text: 'TAX = 0.21' },
        { type: 'replace', line: 3, expect: 'COUNT = 1', text: 'COUNT = 2' },
      ],
    },
    { label: 'A new count' },
  );
