-- Texts of the error catalogue. A row takes the place of the text that ships with the server, unless it is `seeded`:
-- seeded rows only show what can be changed, and follow the server's own texts.
CREATE TABLE error_info (
  code       text        NOT NULL,
  locale     text        NOT NULL,
  message    text        NOT NULL,
  hint       text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  seeded     boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (code, locale)
);

-- Whatever an operator writes is theirs, and dated, whatever else the statement said.
CREATE FUNCTION error_info_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  NEW.seeded := coalesce(current_setting('c2c.seeding', true), '') = 'on';
  RETURN NEW;
END
$$;
CREATE TRIGGER error_info_stamp BEFORE INSERT OR UPDATE ON error_info
  FOR EACH ROW EXECUTE FUNCTION error_info_stamp();

-- Every node listens, and reads the table again.
CREATE FUNCTION error_info_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('error_info', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER error_info_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON error_info
  FOR EACH STATEMENT EXECUTE FUNCTION error_info_notify();
