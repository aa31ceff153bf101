import { createTheme, type MantineThemeOverride } from '@mantine/core';

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue", Arial, sans-serif';

/** Controls 30 px high with 13 px text: a desktop application, not a touch page. */
export const theme: MantineThemeOverride = createTheme({
  fontFamily: sans,
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  primaryColor: 'blue',
  primaryShade: 8,
  headings: {
    fontFamily: sans,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '18px' },
      h2: { fontSize: '16px' },
      h3: { fontSize: '14px' },
      h4: { fontSize: '13px' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'default',
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      styles: { label: { fontWeight: 500 } },
      vars: (_: unknown, props: { size?: string }) => ({
        root: props.size?.startsWith('compact')
          ? { '--button-fz': '13px' }
          : { '--button-height': '30px', '--button-fz': '13px', '--button-padding-x': '12px' },
      }),
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Input: {
      defaultProps: { size: 'xs' },
      vars: () => ({ wrapper: { '--input-height': '30px', '--input-fz': '13px' } }),
    },
    InputWrapper: {
      defaultProps: { size: 'sm' },
      vars: () => ({
        label: { '--input-label-size': '13px' },
        description: { '--input-description-size': '12px' },
        error: { '--input-error-size': '12px' },
      }),
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 80 },
        closeButtonProps: { 'aria-label': 'Close' },
        overlayProps: { backgroundOpacity: 0.4 },
        // A <header> inside role="dialog" would count as the page's banner.
        attributes: { header: { role: 'none' } },
      },
      styles: { title: { fontSize: '15px', fontWeight: 600 } },
    },
    Text: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs' }, styles: { label: { fontSize: '13px' } } },
    Switch: { defaultProps: { size: 'sm' } },
    Radio: { defaultProps: { size: 'xs' }, styles: { label: { fontSize: '13px' } } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    // The placeholder is a focusable child without a role, which a menu may not have.
    Menu: { defaultProps: { transitionProps: { duration: 60 }, withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    // A label needs a role to belong to.
    Loader: { defaultProps: { size: 'sm', role: 'status' } },
  },
});
