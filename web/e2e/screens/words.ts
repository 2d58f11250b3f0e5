/** What people in the pictures are called and say, in each language. */

/** `talk`: who (an index into `names`, the first is the one whose page it is) says what. */
export type Words = {
  names: readonly [string, string, string, string];
  /** Claims a name and never enters: it stays taken for a while. */
  stranger: string;
  titles: readonly [string, string];
  talk: readonly (readonly [who: number, text: string])[];
  short: string;
  answer: string;
  link: string;
  draft: string;
  unsent: readonly [string, string];
  long: readonly string[];
};

const FLOODS = [
  `https://example.org/${'a-very-long-path/'.repeat(8)}?q=${'x'.repeat(120)}`,
  'ㅋ'.repeat(180),
  '🎉🥳👩‍👩‍👧‍👦'.repeat(24),
  `\u202Eright to left\u202C, zero\u200B\u200B\u200Bwidth, Z${'\u0301\u0327\u0334'.repeat(12)}algo`,
] as const;

/** See the file's sentence. */
export const WORDS: Readonly<Record<'ko' | 'en', Words>> = {
  ko: {
    names: ['서연', '민준', '하은', '도윤'],
    stranger: '지호',
    titles: ['독서 모임', '주말 등산'],
    talk: [
      [1, '다들 토요일에 시간 괜찮아?'],
      [1, '날씨 좋대서 한강 가면 어떨까 해'],
      [2, '좋아! 나는 점심 이후면 언제든 가능'],
      [0, '저도 갈게요. 돗자리랑 보드게임 챙겨 갈까요?'],
      [0, '과일도 조금 가져갈게요'],
      [3, '그럼 나는 김밥이랑 음료 맡을게. 몇 명이지?'],
      [2, '우리 넷에 유진이까지 다섯 명!'],
      [1, '여의나루역 2번 출구에서 3시에 만나자\n늦으면 단톡에 꼭 남겨 줘'],
      [0, '네, 그때 봐요!'],
      [3, '늦지 않게 갈게~'],
    ],
    short: '네, 좋아요!',
    answer: '토요일 좋아요. 비가 오면 실내로 옮겨요',
    link: '지도는 여기요 https://example.org/maps/han-river?exit=2',
    draft: '조금 늦을 것 같아요. 먼저 ',
    unsent: ['지하철이라 연결이 끊겼네요', '도착하면 다시 연락할게요'],
    long: ['공지가 조금 깁니다. '.repeat(60).trim(), '한 줄\n두 줄\n\n네 줄째에 있는 글\n  들여 쓴 글', ...FLOODS],
  },
  en: {
    names: ['Jamie', 'Alex', 'Robin', 'Sam'],
    stranger: 'Kit',
    titles: ['Book club', 'Weekend hikes'],
    talk: [
      [1, 'Is everybody free on Saturday?'],
      [1, 'They say it will be sunny, so how about the river?'],
      [2, 'Yes! Any time after lunch works for me'],
      [0, 'Count me in. Shall I bring a blanket and a board game?'],
      [0, 'And some fruit'],
      [3, 'Then I will take care of sandwiches and drinks. How many are we?'],
      [2, 'The four of us and Kim: five!'],
      [1, 'Let us meet at 3 at exit 2 of the station.\nWrite here if you are late'],
      [0, 'Sure, see you there!'],
      [3, 'On my way!'],
    ],
    short: 'Sounds good!',
    answer: 'Saturday is fine. If it rains we go inside',
    link: 'here is the map https://example.org/maps/river?exit=2',
    draft: 'I will be a little late, so please ',
    unsent: ['I am on the train and the connection is gone', 'I will write again when I am there'],
    long: [
      'This announcement is a little long. '.repeat(50).trim(),
      'One line\nanother\n\nthe fourth line\n  and an indented one',
      ...FLOODS,
    ],
  },
};
