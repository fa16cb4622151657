import api from "@ORGANIZATION/PROJECT-api";
import { TestValidator } from "@nestia/e2e";

const account = { email: "somebody@example.com", password: "long-enough" };

export const test_api_auth_join = async (connection: api.IConnection): Promise<void> => {
  const joined = await api.functional.auth.join(connection, account);
  TestValidator.equals("email")(joined.email)(account.email);
  await TestValidator.httpError("taken address")(409)(() =>
    api.functional.auth.join(connection, account),
  );
};

export const test_api_auth_join_short_password = async (
  connection: api.IConnection,
): Promise<void> => {
  await TestValidator.httpError("short password")(400)(() =>
    api.functional.auth.join(connection, { email: "short@example.com", password: "short" }),
  );
};

export const test_api_auth_login = async (connection: api.IConnection): Promise<void> => {
  const joined = await api.functional.auth.join(connection, {
    email: "login@example.com",
    password: "long-enough",
  });
  const login = await api.functional.auth.login(connection, {
    email: "login@example.com",
    password: "long-enough",
  });
  TestValidator.equals("id")(login.id)(joined.id);
  await TestValidator.httpError("wrong password")(401)(() =>
    api.functional.auth.login(connection, { email: "login@example.com", password: "wrong" }),
  );
  const renewed = await api.functional.auth.refresh(connection, { refresh: login.token.refresh });
  TestValidator.equals("same account")(renewed.id)(joined.id);
  await TestValidator.httpError("no token")(401)(() =>
    api.functional.auth.refresh(connection, { refresh: "nonsense" }),
  );
};
