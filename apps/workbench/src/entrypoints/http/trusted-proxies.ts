import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';

/** Behind a reverse proxy the address of a user stands in `X-Forwarded-For`, which anybody can write: only named proxies are believed. */
@Injectable()
export class TrustedProxies implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  onModuleInit(): void {
    if (!this.config.TRUSTED_PROXIES) return;
    const express: Express = this.host.httpAdapter.getInstance();
    express.set(
      'trust proxy',
      this.config.TRUSTED_PROXIES.split(',').map((proxy) => proxy.trim()),
    );
  }
}
