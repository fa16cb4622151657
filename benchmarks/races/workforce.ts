import * as api from "../sdk/index.js";
import { joinEmployee, joinEmployer, randomText, today } from "./harness.js";
import { atOnce, type Case, expected, list, raced } from "./races.js";

type Employee = Awaited<ReturnType<typeof joinEmployee>>;

interface Company {
  employer: api.Connection;
  employee: Employee;
  manager: Employee;
  organisationId: string;
  membershipId: string;
}

async function found(connection: api.Connection): Promise<Company> {
  const { connection: employer } = await joinEmployer(connection);
  const employee = await joinEmployee(connection);
  const manager = await joinEmployee(connection);
  const organisation = await api.organisations.create(employer, {
    name: randomText("name"),
    weeklyHours: 1,
  });
  const join = (who: Employee, role: "worker" | "manager") =>
    api.memberships.create(employer, {
      organisationId: organisation.id,
      employeeId: who.session.employee.id,
      title: "Clerk",
      role,
    });
  const membership = await join(employee, "worker");
  await join(manager, "manager");
  return {
    employer,
    employee,
    manager,
    organisationId: organisation.id,
    membershipId: membership.id,
  };
}

function leave({ employee, organisationId, membershipId }: Company, days: number) {
  return api.leaveRequests.create(employee.connection, {
    organisationId,
    membershipId,
    days,
    startsOn: today(),
    endsOn: today(),
  });
}

async function signed({ employer, employee, organisationId, membershipId }: Company) {
  const contract = await api.contracts.create(employer, {
    organisationId,
    membershipId,
    hourlyRate: 20,
    hoursPerWeek: 1,
    startsOn: today(),
    endsOn: today(),
  });
  await api.contracts.sign(employee.connection, contract.id);
  return contract.id;
}

function timesheet({ employee, organisationId }: Company, contractId: string) {
  return api.timesheets.create(employee.connection, {
    organisationId,
    contractId,
    weekStart: today(),
  });
}

async function assigned({ employee, manager, organisationId }: Company): Promise<string> {
  const project = await api.projects.create(manager.connection, {
    organisationId,
    code: randomText("code"),
    name: randomText("name"),
    budget: 0,
  });
  await api.assignments.create(manager.connection, {
    organisationId,
    projectId: project.id,
    employeeId: employee.session.employee.id,
    hoursPerWeek: 1,
  });
  return project.id;
}

export const CASES: readonly Case[] = [
  [
    "12 open leave requests where 5 are allowed",
    async (connection) => {
      const company = await found(connection);
      raced(await atOnce(await list(12, async () => () => leave(company, 1))), {
        success: 5,
        409: 7,
      });
    },
  ],
  [
    "4 requests of 10 leave days where 25 are left, approved at once",
    async (connection) => {
      const company = await found(connection);
      const calls = await list(4, async () => {
        const { id } = await leave(company, 10);
        return () => api.leaveRequests.approve(company.manager.connection, id);
      });
      raced(await atOnce(calls), { success: 2, 409: 2 });
      const { leaveDays } = await api.memberships.read(company.employer, company.membershipId);
      expected("leave days", leaveDays, 5);
    },
  ],
  [
    "one week begun 10 times",
    async (connection) => {
      const company = await found(connection);
      const contract = await signed(company);
      const begin = () => timesheet(company, contract);
      raced(await atOnce(await list(10, async () => begin)), { success: 1, 409: 9 });
    },
  ],
  [
    "8 hours booked at once, then submitted 10 times",
    async (connection) => {
      const company = await found(connection);
      const { id } = await timesheet(company, await signed(company));
      const { connection: employee } = company.employee;
      const calls = await list(8, async () => {
        const projectId = await assigned(company);
        return () =>
          api.timesheetEntries.create(employee, {
            organisationId: company.organisationId,
            timesheetId: id,
            projectId,
            workedOn: today(),
            hours: 1,
          });
      });
      raced(await atOnce(calls), { success: 8 });
      const submit = () => api.timesheets.submit(employee, id);
      raced(await atOnce(await list(10, async () => submit)), { success: 1, 409: 9 });
      const { totalHours, amount } = await api.timesheets.read(employee, id);
      expected("hours", totalHours, 8);
      expected("amount", amount, 160);
    },
  ],
  [
    "one timesheet approved and rejected, 4 times each",
    async (connection) => {
      const company = await found(connection);
      const { id } = await timesheet(company, await signed(company));
      await api.timesheetEntries.create(company.employee.connection, {
        organisationId: company.organisationId,
        timesheetId: id,
        projectId: await assigned(company),
        workedOn: today(),
        hours: 1,
      });
      await api.timesheets.submit(company.employee.connection, id);
      const { connection: manager } = company.manager;
      const approve = () => api.timesheets.approve(manager, id);
      const reject = () => api.timesheets.reject(manager, id, { answer: "Too late" });
      raced(await atOnce(await list(8, async (place) => (place % 2 ? approve : reject))), {
        success: 1,
        409: 7,
      });
    },
  ],
];
