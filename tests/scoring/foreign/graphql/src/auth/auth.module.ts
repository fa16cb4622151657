import { Module } from '@nestjs/common';
import { DataModule } from '../data/data.module';
import { AuthResolver } from './auth.resolver';
import { AuthService } from './auth.service';

@Module({ imports: [DataModule], providers: [AuthResolver, AuthService] })
export class AuthModule {}
