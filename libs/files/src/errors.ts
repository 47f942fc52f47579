import { DomainError } from '@app/kernel';

/** No such file, or it is outside the caller's reach: the two are never told apart. */
export class FileNotFound extends DomainError {
  readonly slug = 'file-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('找不到这个文件，请刷新后再试；如果确有其事，请联系有权办理的人员。');
  }
}

export class FileTooLarge extends DomainError {
  readonly slug = 'file-too-large';
  readonly kind = 'invalid';
  constructor(maxMegabytes: number) {
    super(`文件超过 ${maxMegabytes} MB，请压缩或分成几份再上传。`, { maxMegabytes });
  }
}

export class FileEmpty extends DomainError {
  readonly slug = 'file-empty';
  readonly kind = 'invalid';
  constructor() {
    super('文件是空的，请重新选择文件再上传。');
  }
}

/** The content is none of the kinds that are taken, whatever its name says. */
export class FileKindRefused extends DomainError {
  readonly slug = 'file-kind-refused';
  readonly kind = 'invalid';
  constructor(readonly why: 'unknown' | 'broken' | 'macros' | 'heic' | 'pixels') {
    super(SENTENCES[why], { why });
  }
}

const SENTENCES = {
  unknown: '只能上传 JPEG、PNG、WebP 图片，PDF，以及 Word（docx）、Excel（xlsx）文件，请转换格式后再上传。',
  broken: '文件不完整或已损坏，请重新扫描、拍照或导出后再上传。',
  macros: '文件带有宏，不能上传。请另存为不带宏的 docx 或 xlsx 再上传。',
  heic: '这台服务器打不开 HEIC 照片。请在手机相机设置中选“兼容性最佳”（JPEG）重新拍照，或转换为 JPEG 再上传。',
  pixels: '图片的像素太多，请缩小后再上传。',
} as const;

/** The virus scan has not been done yet. */
export class FileHeld extends DomainError {
  readonly slug = 'file-held';
  readonly kind = 'conflict';
  constructor() {
    super('文件正在等待病毒检查，检查完才能打开，请过几分钟再试。');
  }
}

export class FileInfected extends DomainError {
  readonly slug = 'file-infected';
  readonly kind = 'invalid';
  constructor() {
    super('这个文件查出病毒，已经隔离，不能使用。请提交人用别的设备重新扫描或拍照后再上传。');
  }
}

/** The person died, moved away or is protected, so the file opens only with a permission and a purpose. */
export class FileClosed extends DomainError {
  readonly slug = 'file-closed';
  readonly kind = 'forbidden';
  constructor() {
    super('这个文件已经封存。确需查阅的，请由有权人员写明用途后打开。');
  }
}

/** A file that belongs to one case is not moved to another: a second row for the same content is made instead. */
export class FileOfOtherCase extends DomainError {
  readonly slug = 'file-of-other-case';
  readonly kind = 'conflict';
  constructor() {
    super('这个文件已经用于另一件事项，请从“已有材料”中选用它。');
  }
}

/** The row is there and the content is not, or does not open: somebody has to look at the storage. */
export class FileUnavailable extends DomainError {
  readonly slug = 'file-unavailable';
  readonly kind = 'conflict';
  constructor() {
    super('文件暂时取不出来，请稍后再试；若仍然不行，请联系运维人员检查文件存储。');
  }
}

export class TooManyUploads extends DomainError {
  readonly slug = 'too-many-uploads';
  readonly kind = 'conflict';
  constructor() {
    super('现在上传的人太多，请过一会儿再上传。');
  }
}

export class ThumbnailMissing extends DomainError {
  readonly slug = 'thumbnail-missing';
  readonly kind = 'not-found';
  constructor() {
    super('这个文件没有缩略图，请直接打开文件。');
  }
}
