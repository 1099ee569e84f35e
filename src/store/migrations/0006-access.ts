// Who may ask: users with their passwords, and what browsers and programs show instead of one.

export const access = {
  number: 6,
  name: 'access',
  text: `
create table users (
  -- The name in small letters: Ana and ana are one.
  name_key   text    primary key,
  name       text    not null,
  role       text    not null check (role in ('viewer','operator','admin')),
  -- A hash with its salt and costs, as text.
  password   text    not null,
  created_at integer not null
);

create table tokens (
  id         integer primary key autoincrement,
  -- SHA-256 of the token, which is kept nowhere.
  hash       text    not null unique,
  type       text    not null check (type in ('session','token')),
  -- Of a session: whose. Of a token of a program: null.
  user_key   text    references users(name_key) on delete cascade,
  -- Of a token of a program.
  name       text,
  role       text    check (role in ('viewer','operator','admin')),
  created_at integer not null,
  created_by text,
  expires_at integer,
  used_at    integer,
  check ((type = 'session') = (user_key is not null)),
  check ((type = 'token') = (name is not null)),
  check ((type = 'token') = (role is not null))
);
create index tokens_user on tokens(user_key, id);
create index tokens_expiry on tokens(expires_at) where expires_at is not null;
`,
} as const
