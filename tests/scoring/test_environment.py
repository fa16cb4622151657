"""What a missing package causes is nobody's fault; what is wrong in spite of it is found."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.node.compile import CompileReport, CompilerFailure
from scoring import environment
from scoring.brief import Brief
from scoring.environment import type_check
from scoring.project.folder import read_folder
from scoring.report import Scorecard
from scoring.rubric import score_folder
from tests.scoring.foreign_projects import lay_out
from tests.scoring.texts import CLEAN

SETTINGS = """{ "compilerOptions": { "module": "commonjs", "strict": true,
  "experimentalDecorators": true, "strictPropertyInitialization": false } }"""
LOOSE = '{ "extends": "../tsconfig.json", "compilerOptions": { "strict": false } }'
FILES = {
    "tsconfig.json": SETTINGS,
    "test/tsconfig.json": LOOSE,
    "src/user.ts": """import 'dotenv/config';
import { BaseEntity, Entity, Repository } from 'typeorm';
import { ConfigService } from '@nestjs/config';
import Redis from 'ioredis';
import * as Bull from 'bull';
import { Queue } from 'bull';

@Entity()
export class User extends BaseEntity {
  name: string;
  override save(): Promise<this> { return super.save(); }
}
export class Special extends User { extra = 1; }
export async function all(
  config: ConfigService, users: Repository<User>, redis: Redis, jobs: Bull.Queue<string>, b: Bull,
): Promise<string> {
  const name = config.get<string>('NAME');
  const rows = await User.findOne<User>({ where: { name } });
  const more = await Special.createQueryBuilder('u').getMany<User>();
  const got = await users.findOneBy<User>({});
  const file: Express.Multer.File = rows;
  const job: Queue.Job = more;
  const wrong: number = 'text';
  await redis.get(wrong);
  return got.name + missing + file + job + jobs + b;
}
export const shown = (user: User): number => user.name;
import type { Request } from 'express';
export type Asked = Request;
""",
    "src/mail.tsx": "export const mail = () => <p>hello</p>;\n",
    "src/main.ts": "import { shown } from './user.ts';\nexport const main = shown;\n",
    "test/user.spec.ts": """import * as request from 'supertest';
import { User } from '../src/user';
function first(a, b) { return a ?? b; }
it('answers', async () => {
  const answer: request.Response = await request('x').get<string>('y').expect<number>(1);
  first(answer, User);
  const wrong: string = 1;
});
""",
}
OWN = [
    ("src/user.ts", 23, 2322),
    ("src/user.ts", 25, 2304),
    ("src/user.ts", 27, 2322),
    ("test/user.spec.ts", 7, 2322),
]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_only_what_an_author_did_is_an_error(tmp_path: Path) -> None:
    checked = type_check(read_folder(write(tmp_path, FILES)), tmp_path)
    assert [(d.file, d.line, d.code) for d in checked.own.diagnostics] == OWN
    assert checked.report.failed_units == 2
    codes = {d.code for d in checked.environment}
    assert {2307, 2339, 2347, 2694, 2709, 2882, 4113, 5097, 17004} <= codes


def test_a_busy_compiler_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def check(folder: Path, **options: object) -> CompileReport:
        tried.append(folder.name)
        if len(tried) < 3:
            raise CompilerFailure("tsc: 1: exec: tsc: Text file busy")
        return CLEAN

    monkeypatch.setattr(environment, "check_project", check)
    monkeypatch.setattr(environment, "BUSY_WAITS_S", (0.0, 0.0, 0.0))
    write(tmp_path, {"src/a.ts": "export const a = 1;\n"})
    assert type_check(read_folder(tmp_path), tmp_path).report == CLEAN.model_copy(
        update={"seconds": 0.0}
    )
    assert len(tried) == 3


def test_a_broken_compiler_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(folder: Path, **options: object) -> CompileReport:
        raise CompilerFailure("broken")

    monkeypatch.setattr(environment, "check_project", check)
    write(tmp_path, {"src/a.ts": "export const a = 1;\n"})
    with pytest.raises(CompilerFailure, match="broken"):
        type_check(read_folder(tmp_path), tmp_path)


ANY = "declare const held: any; export = held;\n"
DECORATOR = "(...given: any[]): any"
TYPEORM = """
export declare function Entity(...given: any[]): ClassDecorator;
export declare function Unique(...given: any[]): any;
export declare function Index(...given: any[]): any;
export declare function Column(...given: any[]): PropertyDecorator;
export declare function CreateDateColumn(...given: any[]): PropertyDecorator;
export declare function PrimaryGeneratedColumn(...given: any[]): PropertyDecorator;
export declare function JoinColumn(...given: any[]): PropertyDecorator;
export declare function ManyToOne<T>(
  type: (of?: any) => new () => T, other?: ((of: T) => any) | object, options?: object,
): PropertyDecorator;
export declare function OneToMany<T>(
  type: (of?: any) => new () => T, other: (of: T) => any,
): PropertyDecorator;
export declare class Operator<T> { readonly value: T; }
export declare function Not<T>(value: T): Operator<T>;
export declare function ILike<T>(value: T): Operator<T>;
export type FindOptionsWhere<T> = {
  [K in keyof T]?: NonNullable<T[K]> extends string | number | Date
    ? T[K] | Operator<any>
    : NonNullable<T[K]> extends object ? FindOptionsWhere<NonNullable<T[K]>> : T[K];
};
export interface FindOptions<T> {
  where?: FindOptionsWhere<T> | FindOptionsWhere<T>[];
  select?: object; relations?: object | string[]; order?: object; skip?: number; take?: number;
}
export declare class Repository<T> {
  create(values: object): T;
  save(values: T): Promise<T>;
  remove(row: T): Promise<T>;
  delete(where: FindOptionsWhere<T>): Promise<{ affected?: number | null }>;
  findOne(options: FindOptions<T>): Promise<T | null>;
  findOneBy(where: FindOptionsWhere<T>): Promise<T | null>;
  findAndCount(options: FindOptions<T>): Promise<[T[], number]>;
  countBy(where: FindOptionsWhere<T>): Promise<number>;
  existsBy(where: FindOptionsWhere<T>): Promise<boolean>;
}
"""
VALIDATOR = "".join(
    f"export declare function {name}(...given: any[]): PropertyDecorator;\n"
    for name in (
        "IsEmail", "IsString", "MinLength", "MaxLength", "IsOptional", "IsIn", "IsInt", "Min",
        "Max", "IsDateString", "IsUUID",
    )
)  # fmt: skip
SWAGGER = "".join(
    f"export declare function {name}(...given: any[]): any;\n"
    for name in (
        "ApiTags", "ApiBearerAuth", "ApiConflictResponse", "ApiNotFoundResponse",
        "ApiUnauthorizedResponse",
    )
)  # fmt: skip
PACKAGES = {
    "typeorm": TYPEORM,
    "class-validator": VALIDATOR,
    "class-transformer": f"export declare function Type{DECORATOR};\n",
    "bcrypt": "export declare function hash(text: string, rounds: number): Promise<string>;\n"
    "export declare function compare(text: string, hash: string): Promise<boolean>;\n",
    "supertest": "declare function request(app: any): any;\n"
    "declare namespace request { type Test = any; }\nexport = request;\n",
    "passport-jwt": "export declare class Strategy {}\nexport declare const ExtractJwt: any;\n",
    "@nestjs/typeorm": f"export declare function InjectRepository{DECORATOR};\n"
    "export declare class TypeOrmModule { static forFeature(given: any[]): any; }\n",
    "@nestjs/jwt": "export declare class JwtService { sign(payload: object): string; }\n"
    "export declare class JwtModule { static register(options: object): any; }\n",
    "@nestjs/passport": "export declare function AuthGuard(kind: string): new () => any;\n"
    "export declare function PassportStrategy(of: any): new (options: object) => any;\n",
    "@nestjs/swagger": SWAGGER,
    "@nestjs/mapped-types":
    "export declare function PartialType<T>(of: new () => T): new () => Partial<T>;\n",
    "@nestjs/testing": "export declare const Test: any;\n",
    "@types/jest": "".join(
        f"declare const {name}: any;\n"
        for name in ("describe", "it", "expect", "beforeEach", "afterEach")
    ),
}  # fmt: skip
"""Declarations as an installed package has them, no more of each than the project uses."""


def install(folder: Path) -> None:
    for name, text in PACKAGES.items():
        place = folder / "node_modules" / name
        write(place, {"index.d.ts": text, "package.json": f'{{ "name": "{name}" }}'})


@pytest.mark.parametrize("broken", [False, True])
def test_installed_packages_change_nothing(tmp_path: Path, todo: Brief, broken: bool) -> None:
    bare = lay_out("typeorm", tmp_path / "bare")
    if broken:
        file = bare / "src/lists/lists.service.ts"
        file.write_text(file.read_text().replace("name: list.name,", "name: 1,"))
    full = tmp_path / "full"
    shutil.copytree(bare, full)
    install(full)
    without, given = (score_folder(folder, todo) for folder in (bare, full))
    assert failed(without) == failed(given) == int(broken)
    assert without.score is not None
    assert given.score is not None
    assert abs(without.score - given.score) <= 0.5


def failed(card: Scorecard) -> int:
    assert card.compile is not None
    return card.compile.failed
