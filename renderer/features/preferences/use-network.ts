import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NetworkSettings } from '../../../shared/contract/network';
import { query } from '../../rpc/client';

/** The stored settings; every change of them answers with all of them. */
export function useNetwork() {
  const queries = useQueryClient();
  const settings = useQuery(query.network.get.queryOptions());
  const onSuccess = (stored: NetworkSettings) => queries.setQueryData(query.network.get.queryKey(), stored);
  return {
    settings,
    setProxy: useMutation(query.network.setProxy.mutationOptions({ onSuccess })),
    addAuthority: useMutation(query.network.addAuthority.mutationOptions({ onSuccess })),
    trustShown: useMutation(query.network.trustShown.mutationOptions({ onSuccess })),
    removeAuthority: useMutation(query.network.removeAuthority.mutationOptions({ onSuccess })),
    addClientCertificate: useMutation(query.network.addClientCertificate.mutationOptions({ onSuccess })),
    removeClientCertificate: useMutation(
      query.network.removeClientCertificate.mutationOptions({ onSuccess }),
    ),
  };
}
