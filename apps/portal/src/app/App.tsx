import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import { isProblem } from '../api/problem';
import { Announcer } from '../components/page/Announcer';
import { TextsProvider } from '../texts/TextsProvider';
import { AntdTheme } from '../theme/AntdTheme';
import { ComfortProvider } from '../theme/ComfortProvider';
import { router } from './router';

/** What was refused stays refused; what failed by the network or a busy server is tried once more. */
const retry = (failures: number, error: unknown) =>
  failures < 1 && isProblem(error) && (error.status === 0 || error.status >= 500);

const queries = new QueryClient({
  defaultOptions: { queries: { retry, staleTime: 10_000, refetchOnWindowFocus: true } },
});

export function App() {
  return (
    <ComfortProvider>
      <TextsProvider>
        <AntdTheme>
          <QueryClientProvider client={queries}>
            <Announcer>
              <RouterProvider router={router} />
            </Announcer>
          </QueryClientProvider>
        </AntdTheme>
      </TextsProvider>
    </ComfortProvider>
  );
}
