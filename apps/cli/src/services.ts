/** The services of the house: the one list that starting, watching and steering them reads. */
export interface ServiceInfo {
  readonly name: string;
  readonly title: string;
  /** Port on 127.0.0.1; the whole block moves up together when one of it is taken. */
  readonly port: number;
}

export const ALL_IN_ONE: ServiceInfo = { name: 'all-in-one', title: '全部服务', port: 7300 };

export const services: readonly ServiceInfo[] = [
  { name: 'registry', title: '人员台账', port: 7301 },
  { name: 'certification', title: '残疾人证', port: 7302 },
  { name: 'lifecycle', title: '一件事', port: 7303 },
  { name: 'subsidies', title: '两项补贴', port: 7304 },
  { name: 'rehabilitation', title: '康复', port: 7305 },
  { name: 'employment', title: '就业培训', port: 7306 },
  { name: 'legal-aid', title: '法律援助', port: 7307 },
  { name: 'accessibility', title: '无障碍', port: 7308 },
  { name: 'community', title: '社区托养', port: 7309 },
  { name: 'workbench', title: '工作台', port: 7310 },
];

/** `legal-aid` → `LEGAL_AID_URL`: how a service finds a neighbour that it asks over HTTP. */
export function urlVariable(service: string): string {
  return `${service.replaceAll('-', '_').toUpperCase()}_URL`;
}
