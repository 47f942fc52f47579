import { rowsOf, uuidOf, type Fill } from './fill.js';
import { PLACE_OF } from './places.js';
import type { SearchTokens } from '../../apps/registry/src/adapters/postgres/search-tokens.js';
import { SEARCH_SCHEME } from '../../apps/registry/src/adapters/postgres/search-tokens.js';
import { searchWordsOf } from '@app/names';

/** Family names, about in the order of how many people bear them. */
const SURNAMES = [
  ...('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史' +
    '顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐岑梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席' +
    '卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边敖阴闫佘虞卓'),
  ...['欧阳', '上官', '司马', '诸葛', '皇甫', '尉迟'],
];
const GIVEN = [
  ...('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文建国红梅志海燕春小龙林波辉宇鑫浩健俊帆雪荣爱凤洁玲飞晶倩云莉斌丹峰琴晓东新' +
    '成永安德福庆祥瑞金宝根水木生长青松柏正义仁和贵才富有光亮天地山川江河'),
];

/** Draws with a fixed seed, so that every run has the same people. */
export function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A few are very common, most are rare: the k-th of `n` comes up about as often as 1/(k+3). */
function ranked(draw: number, n: number): number {
  return Math.min(n - 1, Math.floor(3 * ((n / 3 + 1) ** draw - 1)));
}

export function nameOf(draw: () => number): string {
  const given = () => GIVEN[ranked(draw(), GIVEN.length)]!;
  const family = SURNAMES[ranked(draw(), SURNAMES.length)]!;
  return family + given() + (draw() < 0.8 ? given() : '');
}

/** Who can be found exactly: the first person, of the first county. */
export interface KnownPerson {
  readonly identityNumber: string;
  readonly sealed: string;
  readonly token: string;
}

/** People of five counties with their search tokens, and five facts for everybody of the first county. */
export async function fillPeople(
  fill: Fill,
  rows: number,
  tokens: SearchTokens,
  known: KnownPerson,
): Promise<void> {
  const draw = draws(7);
  const names = new Set<string>();
  await fill.withoutIndexes(['persons', 'person_search_tokens', 'facts'], async () => {
    for (const batch of rowsOf(rows)) {
      const drawn = batch.map(() => nameOf(draw));
      for (const name of drawn) names.add(name);
      // Nobody opens the numbers of a list: one ciphertext stands for all, each has a token of its own.
      await fill.query(
        `insert into persons (person_id, division_code, version, name, sex, birth_date, identity_number, identity_token, phone,
           search_scheme, created_by, created_role, changed_by, changed_role)
         select ${uuidOf(`'person ' || n`)}, ${PLACE_OF}, 3, name, (array['male', 'female'])[1 + n % 2], date '1940-01-01' + n % 28000,
           $3, case when n = 0 then $4 else encode(sha256(n::text::bytea), 'base64') end, null, $5, 'import', 'data-officer', 'import', 'data-officer'
         from unnest($1::int[], $2::text[]) as drawn (n, name)`,
        [batch, drawn, known.sealed, known.token, SEARCH_SCHEME],
      );
    }
    await fill.query('create temp table name_words (name text, token bigint)');
    const hashed = new Map<string, string>();
    const words = [...names].flatMap((name) =>
      searchWordsOf(name).map((word) => {
        const token = hashed.get(word) ?? tokens.tokenOf(word);
        hashed.set(word, token);
        return { name, token };
      }),
    );
    for (const batch of rowsOf(words.length)) {
      await fill.query('insert into name_words select * from unnest($1::text[], $2::bigint[])', [
        batch.map((at) => words[at]!.name),
        batch.map((at) => words[at]!.token),
      ]);
    }
    await fill.query('analyze name_words, persons');
    await fill.query('alter table person_search_tokens drop constraint person_search_tokens_pkey');
    await fill.query(
      `insert into person_search_tokens (token, division_code, person_id)
       select token, division_code, person_id from persons join name_words using (name)`,
    );
    await fill.query('alter table person_search_tokens add primary key (token, division_code, person_id)');
    await fill.query(
      `insert into facts (fact_id, person_id, division_code, name, value, source_kind, source_as_of, confirmed_as_of, version,
         recorded_by, recorded_role)
       select gen_random_uuid(), person_id, division_code, told.name, 'true', 'roster', '2026-10-01', '2026-10-01', 2, 'import', 'data-officer'
       from persons, unnest(array['aid.dibao', 'aid.dibian', 'person.local_hukou', 'care.needs_long_term', 'work.employed']) as told (name)
       where division_code like '338801%'`,
    );
  });
  await fill.query('vacuum analyze persons, person_search_tokens, facts');
}
