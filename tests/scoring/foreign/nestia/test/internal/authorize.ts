import api from "@ORGANIZATION/PROJECT-api";
import { IMember } from "@ORGANIZATION/PROJECT-api/lib/structures/IMember";
import { RandomGenerator } from "@nestia/e2e";

/** Sign a new member up on a connection of its own. */
export const authorize = async (connection: api.IConnection): Promise<api.IConnection> => {
  const joined: IMember.IAuthorized = await api.functional.auth.join(connection, {
    email: `${RandomGenerator.alphaNumeric(12)}@example.com`,
    password: RandomGenerator.alphaNumeric(12),
  });
  return { ...connection, headers: { Authorization: `Bearer ${joined.token.access}` } };
};
