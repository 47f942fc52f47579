interface TextSection {
  readonly title: string;
  readonly text: string;
  readonly points: readonly string[];
}

/** A page of text: headings, a paragraph, a list. */
export function TextSections({ sections }: { readonly sections: readonly TextSection[] }) {
  return (
    <div className="prose">
      {sections.map(({ title, text, points }) => (
        <section key={title}>
          <h2>{title}</h2>
          {text && <p>{text}</p>}
          {points.length > 0 && (
            <ul>
              {points.map((point) => (
                <li key={point}>{point}</li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  );
}
