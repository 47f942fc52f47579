import { Link } from 'react-router';
import type { ChainItem } from '../../api/persons';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ItemStatus } from './ChainTable';

interface ChainGraphProps {
  readonly cause: string;
  readonly items: readonly ChainItem[];
}

/** The event in the middle, the services around it, and on each the matters that it set going. The table above says the same. */
export function ChainGraph({ cause, items }: ChainGraphProps) {
  const t = useTexts();
  const owners = [...new Set(items.map(({ owner }) => owner))];
  return (
    <details className="graph-box">
      <summary>{t.chain.showGraph}</summary>
      <div className="graph">
        <div className="graph-centre">{cause}</div>
        <ul className="graph-owners">
          {owners.map((owner) => (
            <li key={owner}>
              <div className="graph-owner">{t.owners[owner]}</div>
              <ul className="graph-items">
                {items
                  .filter((item) => item.owner === owner)
                  .map((item) => (
                    <li key={`${item.itemId} ${item.action}`}>
                      <GraphNode item={item} />
                    </li>
                  ))}
              </ul>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function GraphNode({ item }: { readonly item: ChainItem }) {
  const t = useTexts();
  const title = t.lang === 'zh-CN' ? item.title.zh : item.title.en;
  return (
    <div className="graph-node">
      {item.caseId ? <Link to={caseAt(item.owner, item.caseId)}>{title}</Link> : <span>{title}</span>}
      <ItemStatus item={item} />
    </div>
  );
}
