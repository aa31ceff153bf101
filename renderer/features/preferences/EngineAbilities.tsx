import { Anchor, Table } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { abilities } from '../../../shared/engine-abilities';
import classes from './preferences.module.css';

/** Which engine does what, one click away: what the built-in one leaves to Git, and why. */
export function EngineAbilities() {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <Anchor
        component="button"
        type="button"
        size="sm"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Hide what each engine does' : 'What each engine does'}
      </Anchor>
      <div id={id} hidden={!isOpen}>
        {isOpen && (
          <Table mt={6} className={classes.abilities}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Work</Table.Th>
                <Table.Th>Installed Git</Table.Th>
                <Table.Th>Built-in engine</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {Object.values(abilities).map(({ title, system, isomorphic }) => (
                <Table.Tr key={title}>
                  <Table.Td>{title}</Table.Td>
                  <Table.Td>
                    <Can can={system} />
                  </Table.Td>
                  <Table.Td>
                    <Can can={isomorphic} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
    </div>
  );
}

function Can({ can }: { can: true | string }) {
  if (can === true) return <IconCheck size={15} role="img" aria-label="yes" />;
  return (
    <span className={classes.cannot}>
      <IconMinus size={15} role="img" aria-label="no:" /> {can}
    </span>
  );
}
