export default function Page () {
  return 'Ask /api/hello.'
}
